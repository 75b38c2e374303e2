namespace SuperServer.Accepting;

/// <summary>
/// What is known of a connection that has come through the vestibule. A proxy's word has made its client the connection's peer;
/// after TLS its socket leads to the process that speaks TLS with the client.
/// </summary>
/// <param name="Number">The connection's id, the same from its first line in the log to its last.</param>
internal sealed record Passage(long Number)
{
    /// <summary>The proxy by which it came; null when it came by itself, or the proxy spoke for itself.</summary>
    public Peer? Proxy { get; init; }

    /// <summary>What is known of its TLS: variables of the form "SSL_NAME=value", each ended by NUL. They are passed on and not read.</summary>
    public ReadOnlyMemory<byte> Facts { get; init; }
}
