namespace SuperServer.Handlers.Mailer;

/// <summary>One mail of the outbox as the commands show it.</summary>
internal sealed record MailFacts
{
    public required long Id { get; init; }

    public required string MessageId { get; init; }

    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public required long First { get; init; }

    public required long Last { get; init; }

    public required long Connections { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    public required long Attempts { get; init; }

    public required DateTimeOffset NextTry { get; init; }

    public string? LastError { get; init; }

    /// <summary><c>waiting</c>, <c>sent</c>, <c>failed</c> or <c>dropped</c>.</summary>
    public required string State { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The range as mails say it.</summary>
    public string Range => First > Last ? "-" : First == Last ? $"#{First}" : $"#{First}-#{Last}";
}
