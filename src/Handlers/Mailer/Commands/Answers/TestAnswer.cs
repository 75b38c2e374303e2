namespace SuperServer.Handlers.Mailer;

/// <summary><c>alert test</c>.</summary>
internal sealed record TestAnswer(IReadOnlyList<TestRun> Transports) : Answer;

/// <summary>What became of the test message on one way.</summary>
internal sealed record TestRun
{
    /// <summary>Its place in the configuration, from 1.</summary>
    public required int Number { get; init; }

    public required string Transport { get; init; }

    /// <summary><c>sent</c>, <c>refused</c>, <c>later</c> (it may work then), <c>unclear</c> (perhaps sent) or <c>misconfigured</c>.</summary>
    public required string Outcome { get; init; }

    public required IReadOnlyList<string> Accepted { get; init; }

    public required IReadOnlyDictionary<string, string> Refused { get; init; }

    /// <summary>The number in the server's queue; null when its reply names none.</summary>
    public required string? QueueId { get; init; }

    /// <summary>The step at which it failed; null when it did not.</summary>
    public required string? FailedAt { get; init; }

    public required string? Failure { get; init; }

    /// <summary>What to do about it.</summary>
    public required string? Advice { get; init; }

    public required IReadOnlyList<TestStep> Steps { get; init; }

    /// <summary>With <c>--verbose</c>: each line that either side said, without secrets; null otherwise.</summary>
    public required IReadOnlyList<string>? Dialogue { get; init; }
}

/// <summary>One step that was done, how long it took, and what there is to say of it.</summary>
internal sealed record TestStep(string Name, long Ms, string Words, IReadOnlyDictionary<string, string> Facts);
