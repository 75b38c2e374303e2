namespace SuperServer.Admitting;

/// <summary>Why a client was turned away: the rule that objected, its value, and where in the configuration it was set.</summary>
/// <param name="Limit">The rule's key, or <see cref="Barred"/>.</param>
/// <param name="Value">What it says, and of whom.</param>
/// <param name="SetAt">"superserver.toml:14"; null when it is the default.</param>
internal sealed record Refusal(string Limit, string Value, string? SetAt)
{
    /// <summary>Not the client's doing and not the administrator's will: nothing is said to it.</summary>
    public bool IsSilent => Limit is "start";

    /// <summary>A rule about who may come, or when, objects: not a limit.</summary>
    public bool IsAboutAddress => Limit is "allow" or "deny" or "access_times";

    /// <summary>Not a line of the file objects but something that the client has done.</summary>
    public const string Barred = "barred";

    /// <summary>Something went wrong before its program could be started, and no line of the file says so.</summary>
    public static Refusal ForWant(string key, string why) => new(key, $"why={why}", null) { IsMishap = true };

    private bool IsMishap { get; init; }

    /// <summary>"limit=max_connections max=10 set-at=superserver.toml:14".</summary>
    public override string ToString() =>
        IsMishap || Limit == Barred ? $"limit={Limit} {Value}" : $"limit={Limit} {Value} set-at={SetAt ?? "default"}";
}
