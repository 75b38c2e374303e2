using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>The number in the queue, as mail servers spell it.</summary>
public sealed class QueueIdTests
{
    [Theory]
    [InlineData("2.0.0 Ok: queued as 4XyZ12abc", "4XyZ12abc")]
    [InlineData("2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 3F2A1", "3F2A1")]
    [InlineData("OK id=1sT2uV-0001Ab-3C", "1sT2uV-0001Ab-3C")]
    [InlineData("2.0.0 9f3a7c21 Message accepted for delivery", "9f3a7c21")]
    [InlineData("2.6.0 <ss.test@web1> [InternalId=4243, Hostname=mx] Queued mail for delivery", "4243")]
    [InlineData("2.0.0 OK 1700000000 a1-b2c3d4.567 - gsmtp", "a1-b2c3d4.567")]
    [InlineData("ok", null)]
    [InlineData("", null)]
    public void It_is_found_where_it_is_known(string reply, string? id) => Assert.Equal(id, QueueId.Of(reply));
}
