using System.Runtime.CompilerServices;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// One open socket that clients come to. It knows its endpoint and how to accept; whose service it is and whether it is
/// watched at the moment is the Dispatcher's business.
/// </summary>
internal sealed partial class Listener : IDisposable
{
    private readonly FileDescriptor _socket;
    private readonly UnixSocketFile? _file;

    internal Listener(Endpoint endpoint, FileDescriptor socket, UnixSocketFile? file)
    {
        Endpoint = endpoint;
        _socket = socket;
        _file = file;
        Bound = SocketName.TryGet(socket.Number, out var name) ? name : default;
    }

    public Endpoint Endpoint { get; }

    /// <summary>Where the socket really is: with port 0 in the file, the kernel has chosen one.</summary>
    public SocketName Bound { get; }

    /// <summary>For the poller, and for the child of a wait service.</summary>
    public int Socket => _socket.Number;

    /// <summary>"tcp:192.0.2.1:23", with the port that was really bound.</summary>
    public string Address => Endpoint.IsUnix ? Endpoint.ToString() : $"{(Endpoint.IsStream ? "tcp" : "udp")}:{Bound}";

    public AcceptOutcome TryAccept(out Arrival arrival)
    {
        Libc.sockaddr_storage storage = default;
        var length = (uint)Unsafe.SizeOf<Libc.sockaddr_storage>();
        var socket = Libc.accept4(Socket, ref storage, ref length, Libc.SOCK_CLOEXEC);
        if (socket < 0)
        {
            arrival = default;
            return AcceptErrors.FromErrno(Errno.Last);
        }

        var peer = Endpoint.IsUnix ? Peer.OfUnixSocket(socket) : Peer.Internet(SocketName.Read(storage));
        arrival = new Arrival(socket, peer, LocalNameOf(socket));
        return AcceptOutcome.Accepted;
    }

    /// <summary>
    /// O_NONBLOCK belongs to the socket, not to us: a wait server inherits it and may leave it changed. Accepting ourselves we
    /// must never block; a program that was handed the socket expects to.
    /// </summary>
    public void SetBlocking(bool blocks)
    {
        var flags = Libc.fcntl(Socket, Libc.F_GETFL, 0);
        var wanted = blocks ? flags & ~Libc.O_NONBLOCK : flags | Libc.O_NONBLOCK;
        if (flags >= 0 && wanted != flags && Libc.fcntl(Socket, Libc.F_SETFL, wanted) != 0)
        {
            throw new InvalidOperationException($"fcntl on {Address}: {Errno.Say(Errno.Last)}");
        }
    }

    /// <summary>Linux lets listen(2) be called again: the queue changes its length and loses nobody.</summary>
    public void SetBacklog(int backlog) => _ = Libc.listen(_socket, backlog);

    /// <summary>
    /// Bytes of datagrams that wait in the receive queue, kernel overhead included; 0 when the kernel does not say. It tells a
    /// server that works from one that dies without reading.
    /// </summary>
    public uint WaitingBytes()
    {
        Span<uint> memory = stackalloc uint[Libc.SK_MEMINFO_VARS];
        var length = (uint)(memory.Length * sizeof(uint));
        return Libc.getsockopt(Socket, Libc.SOL_SOCKET, Libc.SO_MEMINFO, ref memory[0], ref length) == 0
            ? memory[Libc.SK_MEMINFO_RMEM_ALLOC]
            : 0;
    }

    /// <summary>Whether a client or a datagram waits at this moment.</summary>
    public bool HasVisitors()
    {
        var polled = new Libc.pollfd { fd = Socket, events = Libc.POLLIN };
        return Libc.poll(ref polled, 1, 0) > 0;
    }

    /// <summary>Stops listening. A Unix socket's file goes with it, unless somebody else has bound the path since.</summary>
    public void Dispose()
    {
        _file?.Remove();
        _socket.Dispose();
    }

    // A socket bound to one address tells it without a system call; only a wildcard has to ask where the client came to.
    private SocketName LocalNameOf(int socket) =>
        Endpoint.IsUnix || !Bound.Address.IsWildcard || !SocketName.TryGet(socket, out var name) ? Bound : name;
}
