namespace SuperServer.Handlers.Mailer;

/// <summary><c>alert status</c>.</summary>
internal sealed record StatusAnswer : Answer
{
    /// <summary><c>ok</c>, <c>attention</c> or <c>alarm</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Why it is not ok; null when it is.</summary>
    public required string? Reason { get; init; }

    public required MailLine? LastSent { get; init; }

    public required long MailsWaiting { get; init; }

    public required long MailsFailed { get; init; }

    public required long MailsSent { get; init; }

    /// <summary>Since when the oldest mail waits.</summary>
    public required DateTimeOffset? OldestUnsent { get; init; }

    public required string? LastError { get; init; }

    /// <summary>Events of the last 24 hours.</summary>
    public required long EventsInDay { get; init; }

    public required long EventsInWeek { get; init; }

    /// <summary>Events wait to be told.</summary>
    public required bool IsPending { get; init; }

    /// <summary>When they will be, if nothing urgent comes; null when none wait.</summary>
    public required DateTimeOffset? NextMail { get; init; }

    public required IReadOnlyList<string> Transports { get; init; }
}
