namespace SuperServer.Admitting;

/// <summary>Why a client was turned away: the rule that objected, its value, and where in the configuration it was set.</summary>
internal sealed record Refusal(string Limit, string Value, string? SetAt)
{
    /// <summary>Not the client's doing and not the administrator's will: nothing is said to it.</summary>
    public bool IsSilent => Limit is "start";

    /// <summary>"limit=max_connections max=10 set-at=superserver.toml:14".</summary>
    public override string ToString() => $"limit={Limit} {Value} set-at={SetAt ?? "default"}";
}
