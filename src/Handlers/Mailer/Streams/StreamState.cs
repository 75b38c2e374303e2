namespace SuperServer.Handlers.Mailer;

/// <summary>Where the stream of alerts stands.</summary>
internal enum Phase
{
    /// <summary>Nothing happened for long.</summary>
    Quiet,

    /// <summary>The first touch came; its mail follows after the settling time.</summary>
    Settling,

    /// <summary>A mail went; the next one not before its gap is over.</summary>
    Holding,
}

/// <summary>The stream's state as a value; its instants are readings of the <see cref="Timeline"/>.</summary>
internal sealed record StreamState(Phase Phase, int Step, TimeSpan Due, TimeSpan LastTouch)
{
    public static StreamState AtRest { get; } = new(Phase.Quiet, 0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Since when the mail limit keeps a mail that was due; by the wall clock, for it is only told.</summary>
    public DateTimeOffset? HeldSince { get; init; }
}
