using SuperServer.Reaping;

namespace SuperServer.Tests.Reaping;

public sealed class SuspicionTests
{
    private static readonly Ending _crash = new(null, 11, TimeSpan.FromMilliseconds(5));
    private static readonly Ending _cleanAtOnce = new(0, null, TimeSpan.FromMilliseconds(5));
    private static readonly Ending _afterWork = new(0, null, TimeSpan.FromSeconds(61));

    [Fact]
    public void A_server_that_dies_at_once_rests_longer_and_longer_up_to_a_minute()
    {
        var suspicion = new Suspicion();

        var rests = Enumerable.Range(0, 8)
            .Select(_ => suspicion.After(_crash, tookSomething: false, somethingWaits: true).TotalSeconds);

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], rests);
    }

    [Fact]
    public void A_server_that_worked_is_forgiven_everything()
    {
        var suspicion = new Suspicion();
        _ = suspicion.After(_crash, tookSomething: false, somethingWaits: true);

        Assert.Equal(TimeSpan.Zero, suspicion.After(_afterWork, tookSomething: false, somethingWaits: true));
        Assert.Equal(1, suspicion.After(_crash, tookSomething: false, somethingWaits: true).TotalSeconds);
    }

    [Fact]
    public void A_crash_over_one_datagram_does_not_take_the_service_from_the_others() =>
        Assert.Equal(TimeSpan.Zero, new Suspicion().After(_crash, tookSomething: true, somethingWaits: true));

    [Fact]
    public void A_popular_server_that_takes_one_request_each_time_is_not_a_broken_one()
    {
        var suspicion = new Suspicion();

        Assert.All(Enumerable.Range(0, 1000), _ =>
            Assert.Equal(TimeSpan.Zero, suspicion.After(_cleanAtOnce, tookSomething: true, somethingWaits: true)));
    }

    [Fact]
    public void A_server_that_exits_without_taking_anything_may_not_spin()
    {
        var suspicion = new Suspicion();

        var rests = Enumerable.Range(0, Suspicion.Patience + 5)
            .Select(_ => suspicion.After(_cleanAtOnce, tookSomething: false, somethingWaits: true))
            .ToArray();

        Assert.All(rests[..(Suspicion.Patience - 1)], rest => Assert.Equal(TimeSpan.Zero, rest));
        Assert.All(rests[(Suspicion.Patience - 1)..], rest => Assert.Equal(Suspicion.Breath, rest));
    }

    [Fact]
    public void An_early_end_with_nobody_waiting_is_just_an_end() =>
        Assert.Equal(TimeSpan.Zero, new Suspicion().After(_crash, tookSomething: false, somethingWaits: false));
}
