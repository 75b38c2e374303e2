namespace SuperServer.Configuration;

/// <summary>
/// A service behind proxies that say in a PROXY header who their client is. The header is read by an unprivileged process; from
/// then on the connection is that client's.
/// </summary>
/// <param name="Trusted">Who may say so; everybody else is refused.</param>
/// <param name="SetAt">Where that stands: "superserver.toml:14".</param>
/// <param name="Timeout">How long a header may take.</param>
internal sealed record ProxySettings(RuleList Trusted, string SetAt, TimeSpan Timeout)
{
    /// <summary>A line that has moved is the same line.</summary>
    public bool Equals(ProxySettings? other) => other is not null && Trusted == other.Trusted && Timeout == other.Timeout;

    public override int GetHashCode() => HashCode.Combine(Trusted, Timeout);
}
