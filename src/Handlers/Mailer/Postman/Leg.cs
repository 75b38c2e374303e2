namespace SuperServer.Handlers.Mailer;

/// <summary>How a transport's work on a mail stands.</summary>
internal enum LegState
{
    /// <summary>It is tried, or will be if the ones before it fail.</summary>
    Waiting,

    /// <summary>It took the mail for everyone it was asked for.</summary>
    Done,

    /// <summary>It refused the mail, or was given up.</summary>
    Failed,
}

/// <summary>One transport's work on one mail.</summary>
internal sealed record Leg(string Transport)
{
    public LegState State { get; init; }

    /// <summary>Those that failed.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset? FirstFailure { get; init; }

    public DateTimeOffset NextTry { get; init; }

    public FailureClass? LastClass { get; init; }

    public string? LastError { get; init; }

    /// <summary>Recipients it took the mail for.</summary>
    public IReadOnlySet<string> Accepted { get; init; } = new HashSet<string>();

    /// <summary>Recipients it refused for good, and why.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>();

    /// <summary>It has nothing more to say about this recipient.</summary>
    public bool IsOverFor(string recipient) =>
        State == LegState.Failed || Accepted.Contains(recipient) || Refused.ContainsKey(recipient);
}

/// <summary>A mail in the outbox, as far as it decides who is asked next; its bytes stay where they are.</summary>
internal sealed record WaitingMail(long Id, string MessageId, DateTimeOffset MadeAt)
{
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>Those who have it already, whoever brought it: the transports may have been others then.</summary>
    public IReadOnlySet<string> Served { get; init; } = new HashSet<string>();

    /// <summary>By transport; one that was never asked has none.</summary>
    public required IReadOnlyDictionary<string, Leg> Legs { get; init; }

    public Leg LegOf(Station station) => Legs.TryGetValue(station.Name, out var leg) ? leg : new Leg(station.Name);

    public WaitingMail With(Leg leg) => this with { Legs = new Dictionary<string, Leg>(Legs) { [leg.Transport] = leg } };
}

/// <summary>A transport as the route sees it.</summary>
/// <param name="Always">Gets every mail, whatever the others do.</param>
internal sealed record Station(string Name, bool Always);

/// <summary>What is to be done now: one transport, for these recipients of a mail.</summary>
internal sealed record Errand(WaitingMail Mail, Station Station, IReadOnlyList<string> Recipients);
