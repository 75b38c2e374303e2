namespace SuperServer.Admitting;

/// <summary>Why a client was turned away: the limit that objected, its value, and where in the configuration it was set.</summary>
internal sealed record Refusal(string Limit, int Max, string? SetAt)
{
    /// <summary>"limit=max_connections max=10 set-at=superserver.toml:14:19".</summary>
    public override string ToString() => $"limit={Limit} max={Max} set-at={SetAt ?? "default"}";
}
