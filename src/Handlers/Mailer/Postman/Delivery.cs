namespace SuperServer.Handlers.Mailer;

/// <summary>Why a transport did not take a mail, as far as it decides what to do next.</summary>
internal enum FailureClass
{
    /// <summary>It may pass: unreachable, busy, any 4xx.</summary>
    Transient,

    /// <summary>It broke off after the whole message was handed over: perhaps it was delivered.</summary>
    Ambiguous,

    /// <summary>Refused for good.</summary>
    Permanent,

    /// <summary>Somebody has to change a setting, here or there.</summary>
    Configuration,
}

/// <summary>One transport's failure, in words for the log.</summary>
internal sealed record Failure(FailureClass Class, string Words);

/// <summary>What one transport did with a mail.</summary>
internal sealed record Attempt
{
    public IReadOnlyList<string> Accepted { get; init; } = [];

    /// <summary>Recipients it refused for good, with its reason.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>();

    /// <summary>Why the others have to wait; null when there are none.</summary>
    public Failure? Failure { get; init; }

    public static Attempt AllAccepted(Parcel parcel) => new() { Accepted = parcel.Recipients };

    public static Attempt Failed(FailureClass failureClass, string words) => new() { Failure = new Failure(failureClass, words) };
}

/// <summary>What all transports together did with a mail.</summary>
internal sealed record Delivery
{
    public required IReadOnlyList<string> Accepted { get; init; }

    public required Dictionary<string, string> Refused { get; init; }

    public required IReadOnlyList<Failure> Failures { get; init; }

    /// <summary>
    /// How to go on: a delivery that may have happened is not repeated soon, and only when every transport waits for a new
    /// setting does the mail.
    /// </summary>
    public FailureClass? Class => Failures switch
    {
        [] => null,
        _ when Failures.Any(failure => failure.Class == FailureClass.Ambiguous) => FailureClass.Ambiguous,
        _ when Failures.Any(failure => failure.Class == FailureClass.Transient) => FailureClass.Transient,
        _ when Failures.All(failure => failure.Class == FailureClass.Permanent) => FailureClass.Permanent,
        _ => FailureClass.Configuration,
    };

    public string? Words => Failures.Count == 0 ? null : string.Join("; ", Failures.Select(failure => failure.Words));
}
