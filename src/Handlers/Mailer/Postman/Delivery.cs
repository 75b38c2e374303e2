namespace SuperServer.Handlers.Mailer;

/// <summary>Why a transport did not take a mail, as far as it decides what to do next.</summary>
internal enum FailureClass
{
    /// <summary>It may pass: unreachable, busy, any 4xx.</summary>
    Transient,

    /// <summary>It may pass, but not within the hour: a full mailbox, a full disk.</summary>
    TransientLong,

    /// <summary>It broke off after the whole message was handed over: perhaps it was delivered.</summary>
    Ambiguous,

    /// <summary>Refused for good.</summary>
    Permanent,

    /// <summary>Somebody has to change a setting, here or there.</summary>
    Configuration,
}

/// <summary>One transport's failure, in words for the log.</summary>
internal sealed record Failure(FailureClass Class, string Words)
{
    /// <summary>What a web server answered; null for everything else.</summary>
    public int? Status { get; init; }

    /// <summary>The other side asks for so long a pause.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What one transport did with a mail.</summary>
internal sealed record Attempt
{
    public IReadOnlyList<string> Accepted { get; init; } = [];

    /// <summary>Recipients it refused for good, with its reason.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>();

    /// <summary>Why the others have to wait; null when there are none.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What the transport said when it took the mail: a queue's number for it, perhaps.</summary>
    public string Reply { get; init; } = "";

    public static Attempt AllAccepted(Parcel parcel) => new() { Accepted = parcel.Recipients };

    public static Attempt Failed(FailureClass failureClass, string words) => new() { Failure = new Failure(failureClass, words) };
}

/// <summary>What an attempt means for the mail as a whole.</summary>
internal sealed record Delivery
{
    /// <summary>Those who have it now.</summary>
    public required IReadOnlyList<string> Accepted { get; init; }

    /// <summary>Those whom no transport will serve any more, with the last reason.</summary>
    public required Dictionary<string, string> Refused { get; init; }

    public required IReadOnlyList<Failure> Failures { get; init; }

    /// <summary>The transport's work after the attempt.</summary>
    public required Leg Leg { get; init; }

    /// <summary>Somebody has the mail who had not before.</summary>
    public bool IsProgress { get; init; }

    /// <summary>A transport has work left on it, be it only one that gets every mail besides.</summary>
    public bool KeepsWaiting { get; init; }

    /// <summary>By a transport that gets every mail besides: whether mail gets through is not its matter.</summary>
    public bool IsAside { get; init; }

    public FailureClass? Class => Failures.Count == 0 ? null : Failures[^1].Class;

    public string? Words => Failures.Count == 0 ? null : string.Join("; ", Failures.Select(failure => failure.Words));
}
