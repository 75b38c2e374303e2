namespace SuperServer.Handlers.Mailer;

/// <summary>Why a mail is written.</summary>
internal enum MailKind
{
    /// <summary>The first after a quiet time.</summary>
    First,

    /// <summary>What came since the mail before.</summary>
    Digest,

    /// <summary>Far more than before, in a minute.</summary>
    Surge,

    /// <summary>The regular sign of life, when there was little or nothing to tell.</summary>
    Quiet,

    /// <summary>Somebody wants to see that mail works; it tells no event.</summary>
    Test,
}

/// <summary>A finished mail, not yet on its way: the bytes that every attempt sends.</summary>
internal sealed record Letter
{
    public required string MessageId { get; init; }

    public required MailKind Kind { get; init; }

    public required Summary Summary { get; init; }

    public required string Subject { get; init; }

    public required IReadOnlyList<string> Recipients { get; init; }

    public required byte[] Bytes { get; init; }

    /// <summary>The same for a program, as JSON.</summary>
    public byte[] Payload { get; init; } = [];
}
