namespace SuperServer.Handlers.Mailer;

/// <summary><c>alert why</c>: what would become of a visitor of this address at this port, now.</summary>
internal sealed record WhyAnswer : Answer
{
    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>The tripwires that have the port; none, if nothing is recorded there.</summary>
    public required IReadOnlyList<PolicyLine> Tripwires { get; init; }

    /// <summary><c>inside</c> or <c>outside</c>.</summary>
    public required string Class { get; init; }

    public required string ClassReason { get; init; }

    /// <summary>The entry of the ignore list that means this address; null when it is not ignored.</summary>
    public required IgnoredLine? Ignored { get; init; }

    public required IReadOnlyList<string> To { get; init; }

    /// <summary>In the order in which they are asked.</summary>
    public required IReadOnlyList<RouteLine> Route { get; init; }

    /// <summary><c>mailed</c> (after the time to settle), <c>held</c>, <c>ignored</c>, or <c>unguarded</c>: there is no tripwire.</summary>
    public required string Verdict { get; init; }

    public required string Reason { get; init; }

    /// <summary>When the mail would be written; null when none would.</summary>
    public required DateTimeOffset? MailAt { get; init; }

    /// <summary>How often this address came in the time that the store remembers, at any port.</summary>
    public required long Connections { get; init; }

    public required DateTimeOffset? FirstSeen { get; init; }

    public required DateTimeOffset? LastSeen { get; init; }

    /// <summary>The number of its last event.</summary>
    public required long? LastEvent { get; init; }

    /// <summary>The mail that told the last event; null when none has.</summary>
    public required MailLine? LastMail { get; init; }
}

/// <summary>What a tripwire does with a visitor of one port.</summary>
internal sealed record PolicyLine(string Service, string Listen, string Protocol, string Mode, string OnConnect, int Capture);

/// <summary>Why an address is ignored; <c>at</c> is the place of the entry, <c>file:line</c>, where it is known.</summary>
internal sealed record IgnoredLine(string Entry, string? At);

/// <summary>One transport; <c>always</c>: it gets every mail besides.</summary>
internal sealed record RouteLine(string Transport, bool Always);
