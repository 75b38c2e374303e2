namespace SuperServer.Handlers.Mailer;

/// <summary>One mail of the outbox, as answers tell it.</summary>
internal sealed record MailLine
{
    public required long Id { get; init; }

    public required string MessageId { get; init; }

    /// <summary><c>first</c>, <c>digest</c>, <c>surge</c>, <c>quiet</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>waiting</c>, <c>sent</c>, <c>failed</c> or <c>dropped</c>.</summary>
    public required string State { get; init; }

    public required string Subject { get; init; }

    /// <summary>The first event it tells; null when it tells no numbered one.</summary>
    public required long? First { get; init; }

    public required long? Last { get; init; }

    public required long Connections { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    public required DateTimeOffset? SentAt { get; init; }

    public required long Attempts { get; init; }

    /// <summary>Null unless it waits.</summary>
    public required DateTimeOffset? NextTry { get; init; }

    public required string? LastError { get; init; }

    public static MailLine Of(MailFacts mail) => new()
    {
        Id = mail.Id,
        MessageId = mail.MessageId,
#pragma warning disable CA1308 // a word of ours, in lower case as all others
        Kind = mail.Kind.ToLowerInvariant(),
#pragma warning restore CA1308
        State = mail.State,
        Subject = mail.Subject,
        First = mail.First <= mail.Last ? mail.First : null,
        Last = mail.First <= mail.Last ? mail.Last : null,
        Connections = mail.Connections,
        MadeAt = mail.MadeAt,
        SentAt = mail.SentAt,
        Attempts = mail.Attempts,
        NextTry = mail.State == "waiting" ? mail.NextTry : null,
        LastError = mail.LastError,
    };
}

/// <summary><c>alert show</c>.</summary>
internal sealed record MailAnswer(
    MailLine Mail, IReadOnlyList<RecipientLine> Recipients, IReadOnlyList<TransportLine> Transports, string? Message) : Answer;

/// <summary>Who gets a mail, <c>waiting</c>, <c>sent</c> or <c>refused</c>, and why.</summary>
internal sealed record RecipientLine(string Address, string State, string? Detail);

/// <summary>What a transport has behind it with a mail.</summary>
internal sealed record TransportLine(string Name, int FailedAttempts, string? LastError);

/// <summary><c>alert flush</c>, <c>drop</c> and <c>retry-failed</c>: the order is given, and to how many mails it applies.</summary>
internal sealed record OrderAnswer(string Order, int Mails) : Answer;
