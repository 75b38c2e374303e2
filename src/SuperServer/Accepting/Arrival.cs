namespace SuperServer.Accepting;

/// <summary>
/// A connection that has been accepted and nothing more: the socket (blocking, close-on-exec, ours to close), who came, and
/// where they came to.
/// </summary>
internal readonly record struct Arrival(int Socket, Peer Peer, SocketName Local)
{
    /// <summary>Null for whoever came straight in.</summary>
    public Passage? Passage { get; init; }
}
