using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class BackoffTests
{
    [Theory]
    [InlineData("Transient", 0, 30)]
    [InlineData("Transient", 1, 60)]
    [InlineData("Transient", 2, 120)]
    [InlineData("Transient", 3, 300)]
    [InlineData("Transient", 1000, 1800)]
    [InlineData("Ambiguous", 0, 300)]
    [InlineData("Ambiguous", 5, 1200)]
    [InlineData("Configuration", 0, 900)]
    [InlineData("TransientLong", 0, 3600)]
    public void A_failed_mail_waits_by_its_kind_of_failure(string kind, int attempts, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(Enum.Parse<FailureClass>(kind), attempts, 0.5));

    [Fact]
    public void Chance_moves_a_wait_by_a_fifth_at_most()
    {
        Assert.Equal(TimeSpan.FromSeconds(24), Backoff.After(FailureClass.Transient, 0, 0));
        Assert.Equal(TimeSpan.FromSeconds(36), Backoff.After(FailureClass.Transient, 0, 1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(3, 0)]
    public void Who_may_have_the_mail_already_is_left_alone_for_five_minutes_at_least(int attempts, double chance) =>
        Assert.InRange(Backoff.After(FailureClass.Ambiguous, attempts, chance), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6));
}
