namespace SuperServer.Handlers.Mailer;

/// <summary>
/// When a mail is due. It sees neither events nor mails, only that some wait: from a state and an instant it makes the next
/// state. It never forgets a touch, for what waits is counted by the store.
/// </summary>
internal sealed class Coalescing(Pace pace)
{
    /// <summary>Something waits to be mailed.</summary>
    public StreamState Touched(StreamState state, TimeSpan now) => state.Phase == Phase.Quiet
        ? state with { Phase = Phase.Settling, Step = 0, Due = now + pace.Settle, LastTouch = now }
        : state with { LastTouch = now };

    /// <summary>What came is news although a mail went just now: it does not wait for the gap.</summary>
    public StreamState BrokeThrough(StreamState state, TimeSpan now) =>
        state.Phase == Phase.Holding && now + pace.Settle < state.Due ? state with { Due = now + pace.Settle } : state;

    /// <summary>The mail limit allows no mail before <paramref name="until"/>.</summary>
    public static StreamState HeldBack(StreamState state, TimeSpan until, DateTimeOffset wall) =>
        state with { Due = until, HeldSince = state.HeldSince ?? wall };

    /// <summary>The gaps that ended while nothing waited: each one without a touch is a step back towards quiet.</summary>
    public StreamState Rested(StreamState state, TimeSpan now)
    {
        while (state.Phase == Phase.Holding && now >= state.Due)
        {
            var step = Math.Max(state.Step - 1, 0);
            state = state.Due - state.LastTouch >= pace.Calm
                ? StreamState.AtRest
                : state with { Step = step, Due = state.Due + pace.Gap(step) };
        }

        return state;
    }

    public static bool IsDue(StreamState state, TimeSpan now) => state.Phase != Phase.Quiet && now >= state.Due;

    /// <summary>A mail was composed: the next one waits for its gap.</summary>
    public StreamState Mailed(StreamState state, TimeSpan now)
    {
        var step = state.Phase == Phase.Holding ? Math.Min(state.Step + 1, pace.LastStep) : 0;
        return new StreamState(Phase.Holding, step, now + pace.Gap(step), state.LastTouch);
    }
}
