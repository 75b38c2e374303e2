using System.Diagnostics;
using SuperServer.Accepting;
using SuperServer.Interop;

namespace SuperServer.Launching;

/// <summary>A child that lives: who it serves and since when. Its pidfd becomes readable when it ends (pidfd_open(2)).</summary>
internal sealed class Child(ConnectionId id, int pid, int pidFd, Peer? peer) : IDisposable
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public ConnectionId Id { get; } = id;

    public int Pid { get; } = pid;

    public int PidFd { get; } = pidFd;

    /// <summary>Null for the child of a wait service, which accepts for itself.</summary>
    public Peer? Peer { get; } = peer;

    public TimeSpan Age => Stopwatch.GetElapsedTime(_started);

    public void Dispose() => _ = Libc.close(PidFd);
}
