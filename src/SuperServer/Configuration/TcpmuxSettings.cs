namespace SuperServer.Configuration;

/// <summary>What a service that is tcpmux offers (RFC 1078).</summary>
/// <param name="Menu">The names of all services behind it.</param>
/// <param name="Timeout">How long a client may take to ask for one.</param>
internal sealed record TcpmuxSettings(ValueList<TcpmuxName> Menu, TimeSpan Timeout)
{
    /// <summary>What its process is told.</summary>
    public string Options => $$"""{"names":[{{string.Join(',', Menu.Select(name => $"\"{name}\""))}}]}""";
}
