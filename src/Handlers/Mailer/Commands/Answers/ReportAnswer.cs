namespace SuperServer.Handlers.Mailer;

/// <summary><c>alert report</c>.</summary>
internal sealed record ReportAnswer : Answer
{
    /// <summary>The first event; null when there is none.</summary>
    public required long? First { get; init; }

    public required long? Last { get; init; }

    /// <summary>Of these numbers so many are still in the store: all, or the report says less than there was.</summary>
    public required long Held { get; init; }

    public required bool Complete { get; init; }

    /// <summary>Described and not ignored.</summary>
    public required long Connections { get; init; }

    public required long Ignored { get; init; }

    /// <summary>Shed, or met a full disk: counted, without a number.</summary>
    public required long CountedOnly { get; init; }

    public required long Addresses { get; init; }

    public required long FromInside { get; init; }

    public required DateTimeOffset? Began { get; init; }

    public required DateTimeOffset? Ended { get; init; }

    public required IReadOnlyList<PortLine> Ports { get; init; }

    public required IReadOnlyList<AddressLine> Sources { get; init; }

    /// <summary>The mails that told these events, sent or not.</summary>
    public required IReadOnlyList<MailLine> Mails { get; init; }

    /// <summary>Of these events, so many are in no mail yet.</summary>
    public required long NotMailedYet { get; init; }
}

/// <summary>A touched port.</summary>
internal sealed record PortLine(string Service, string Protocol, int? Port, long Connections, long Addresses);

/// <summary>An address that came; null when it could not be learnt. The name is what is known, <c>confirmed</c> or not.</summary>
internal sealed record AddressLine(
    string? Address, string? Name, string? NameState, long Connections, DateTimeOffset First, DateTimeOffset Last, string? Sent);
