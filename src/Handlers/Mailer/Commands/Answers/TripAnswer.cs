namespace SuperServer.Handlers.Mailer;

/// <summary><c>alert trip</c>: what became of a visit of our own. Times are milliseconds from its beginning, null for what did not happen.</summary>
internal sealed record TripAnswer : Answer
{
    public required string Service { get; init; }

    /// <summary>Where we knocked: <c>tcp:127.0.0.1:23</c>.</summary>
    public required string Target { get; init; }

    /// <summary>
    /// <c>mailed</c>, <c>held</c> (recorded; the mail comes at its time), <c>ignored</c> (recorded and counted), <c>waiting</c> (recorded; the
    /// mail has not gone out), <c>unread</c> (recorded; the mailer has not seen it), <c>unrecorded</c>, <c>unreachable</c>.
    /// </summary>
    public string Outcome { get; init; } = "unreachable";

    /// <summary>The outcome in words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The address and port we came from, as the record has it.</summary>
    public string? Source { get; init; }

    /// <summary>The event's number.</summary>
    public long? Event { get; init; }

    public string? Reference { get; init; }

    public DateTimeOffset? HeldUntil { get; init; }

    public MailLine? Mail { get; init; }

    public long? ConnectedMs { get; init; }

    public long? AnsweredMs { get; init; }

    public long? RecordedMs { get; init; }

    public long? TakenInMs { get; init; }

    public long? MailWrittenMs { get; init; }

    public long? MailSentMs { get; init; }
}
