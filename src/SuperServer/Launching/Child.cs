using SuperServer.Accepting;
using SuperServer.Interop;

namespace SuperServer.Launching;

/// <summary>A child that lives: who it serves and since when. Its pidfd becomes readable when it ends (pidfd_open(2)).</summary>
internal sealed class Child(ConnectionId id, int pid, int pidFd, Peer? peer, TimeProvider clock, TimeSpan since) : IDisposable
{
    public ConnectionId Id { get; } = id;

    public int Pid { get; } = pid;

    public int PidFd { get; } = pidFd;

    /// <summary>Null for the child of a wait service, which accepts for itself, and for a worker of a pool.</summary>
    public Peer? Peer { get; } = peer;

    /// <summary>When it was started, on the dispatcher's clock.</summary>
    public TimeSpan Since { get; } = since;

    public TimeSpan Age => clock.GetElapsedTime(0) - Since;

    public void Dispose() => _ = Libc.close(PidFd);
}
