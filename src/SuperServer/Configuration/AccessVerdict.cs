namespace SuperServer.Configuration;

/// <summary>What the rules say about somebody.</summary>
internal enum AccessOutcome
{
    LetIn,

    Refused,

    /// <summary>The client's name could change the outcome: ask for it, and judge again.</summary>
    NameNeeded,
}

/// <summary>An outcome, and for a refusal what is said about it.</summary>
/// <param name="Outcome">Whether they may come in.</param>
/// <param name="Limit">The key that refused: allow, deny or access_times.</param>
/// <param name="Value">"rule=@office:10.0.0.0/8".</param>
/// <param name="SetAt">Where the rule stands.</param>
internal readonly record struct AccessVerdict(AccessOutcome Outcome, string? Limit = null, string? Value = null, string? SetAt = null)
{
    public static AccessVerdict LetIn => new(AccessOutcome.LetIn);

    public static AccessVerdict NameNeeded => new(AccessOutcome.NameNeeded);

    public static AccessVerdict Refused(string limit, string value, string? setAt) =>
        new(AccessOutcome.Refused, limit, value, setAt);
}
