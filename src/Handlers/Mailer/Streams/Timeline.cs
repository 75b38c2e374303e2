namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Time as the stream counts it: it only runs forward while the program lives, whatever happens to the wall clock. Between two
/// runs only the wall clock is left; a jump of it can then make a mail early, or late by at most its own wait.
/// </summary>
internal sealed class Timeline(TimeProvider clock)
{
    private readonly long _start = clock.GetTimestamp();

    public TimeSpan Now => clock.GetElapsedTime(_start);

    /// <summary>The state as it can be kept: its instants by the wall clock, and when that was.</summary>
    public SavedStream Save(StreamState state)
    {
        var wall = clock.GetUtcNow();
        var now = Now;
        return new SavedStream(state.Phase, state.Step, wall + (state.Due - now), wall + (state.LastTouch - now), wall)
        {
            HeldSince = state.HeldSince,
        };
    }

    /// <summary>The state as it goes on now. A wall clock that was set back counts as no time passed.</summary>
    public StreamState Restore(SavedStream saved, Pace pace)
    {
        var passed = TimeSpan.FromTicks(Math.Max(0, (clock.GetUtcNow() - saved.SavedAt).Ticks));
        var wait = saved.Due - saved.SavedAt;
        var now = Now;
        return new StreamState(
            saved.Phase,
            Math.Clamp(saved.Step, 0, pace.LastStep),
            now + (wait < pace.LongestWait ? wait : pace.LongestWait) - passed,
            now - (saved.SavedAt - saved.LastTouch) - passed)
        {
            HeldSince = saved.HeldSince,
        };
    }

    /// <summary>An instant that the store knows by the wall clock. One that is still to come, for the clock was set back, is now.</summary>
    public TimeSpan Since(DateTimeOffset wall)
    {
        var passed = clock.GetUtcNow() - wall;
        return Now - (passed > TimeSpan.Zero ? passed : TimeSpan.Zero);
    }
}

/// <summary>A stream's state between two runs of the program.</summary>
internal sealed record SavedStream(Phase Phase, int Step, DateTimeOffset Due, DateTimeOffset LastTouch, DateTimeOffset SavedAt)
{
    public StreamId Id { get; init; } = StreamId.Outside;

    public DateTimeOffset? HeldSince { get; init; }
}
