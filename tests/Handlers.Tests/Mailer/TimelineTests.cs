using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class TimelineTests
{
    private static readonly Pace _pace = new(TimeSpan.FromSeconds(5), [TimeSpan.FromMinutes(5)], TimeSpan.FromHours(24));

    private readonly ManualClock _clock = new();

    [Fact]
    public void A_wait_goes_on_where_it_stood_after_a_restart()
    {
        var saved = Holding(TimeSpan.FromMinutes(5));
        _clock.Pass(TimeSpan.FromMinutes(2));

        Assert.Equal(TimeSpan.FromMinutes(3), WaitAfterRestart(saved));
    }

    [Fact]
    public void A_wall_clock_that_was_set_back_counts_as_no_time_passed()
    {
        var saved = Holding(TimeSpan.FromMinutes(5));
        _clock.SetWall(ManualClock.Start - TimeSpan.FromDays(400));

        Assert.Equal(TimeSpan.FromMinutes(5), WaitAfterRestart(saved));
    }

    [Fact]
    public void A_wall_clock_that_was_set_forward_makes_the_mail_due()
    {
        var saved = Holding(TimeSpan.FromMinutes(5));
        _clock.SetWall(ManualClock.Start + TimeSpan.FromDays(400));

        Assert.True(WaitAfterRestart(saved) < TimeSpan.Zero);
    }

    [Fact]
    public void A_wall_clock_that_moves_while_the_program_lives_changes_nothing()
    {
        var timeline = new Timeline(_clock);
        _clock.SetWall(ManualClock.Start - TimeSpan.FromDays(400));
        _clock.Pass(TimeSpan.FromSeconds(7));

        Assert.Equal(TimeSpan.FromSeconds(7), timeline.Now);
    }

    [Fact]
    public void No_wait_is_longer_than_the_longest_that_is_configured()
    {
        var saved = Holding(TimeSpan.FromDays(1));

        Assert.Equal(TimeSpan.FromMinutes(5), WaitAfterRestart(saved));
    }

    private SavedStream Holding(TimeSpan wait)
    {
        var timeline = new Timeline(_clock);
        return timeline.Save(new StreamState(Phase.Holding, 0, timeline.Now + wait, timeline.Now));
    }

    private TimeSpan WaitAfterRestart(SavedStream saved)
    {
        var timeline = new Timeline(_clock);
        return timeline.Restore(saved, _pace).Due - timeline.Now;
    }
}
