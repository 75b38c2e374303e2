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

    private SocketSettings _settings;

    internal Listener(
        Endpoint endpoint, SocketKind kind, FileDescriptor socket, SocketSettings settings, UnixSocketFile? file)
    {
        Endpoint = endpoint;
        Kind = kind;
        _socket = socket;
        _settings = settings;
        _file = file;
        Bound = SocketName.TryGet(socket.Number, out var name) ? name : default;
    }

    public Endpoint Endpoint { get; }

    /// <summary>What the descriptor is, which the endpoint does not say of a socket that was handed to us.</summary>
    public SocketKind Kind { get; }

    /// <summary>The name under which the socket was handed to us; null when we have opened it ourselves.</summary>
    public string? HandedName { get; init; }

    /// <summary>Where the socket really is: with port 0 in the file, the kernel has chosen one.</summary>
    public SocketName Bound { get; }

    /// <summary>For the poller, and for the child of a wait service.</summary>
    public int Socket => _socket.Number;

    /// <summary>"tcp:192.0.2.1:23", with the port that was really bound.</summary>
    public string Address =>
        Kind.IsInternet ? $"{Kind.Scheme}:{Bound}"
        : Kind.IsVsock ? Bound.ToString()
        : Endpoint.IsHanded ? $"{Kind.Scheme}:{Bound.Path}"
        : Endpoint.ToString();

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

        var name = SocketName.Read(storage, length);
        var peer = Kind.IsUnix ? Peer.OfUnixSocket(socket, name) : Peer.Internet(name);
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
    /// Sets what a reload has changed about the open socket; connections that are already accepted keep what they have. Returns
    /// a sentence when something could not be set: it is tried again with the next change.
    /// </summary>
    public string? Apply(SocketSettings settings)
    {
        if (settings == _settings)
        {
            return null;
        }

        var usualMode = Kind.IsSocket ? Doorway.UsualUnixMode : Fifo.UsualMode;
        var fault = SocketOptions.Apply(Kind, Socket, settings, _settings) ?? _file?.Amend(settings, _settings, usualMode);
        _settings = fault is null ? settings : _settings;
        return fault?.ToString();
    }

    /// <summary>
    /// Bytes that wait in the receive queue of a datagram socket, kernel overhead included, or in a FIFO; 0 when the kernel does
    /// not say. It tells a server that works from one that dies without reading.
    /// </summary>
    public uint WaitingBytes()
    {
        if (!Kind.IsSocket)
        {
            var bytes = 0;
            return Libc.ioctl(Socket, Libc.FIONREAD, ref bytes) == 0 ? (uint)bytes : 0;
        }

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

    /// <summary>The socket, which is the caller's from now on: this object has nothing more to do with it.</summary>
    public int Relinquish()
    {
        var number = _socket.Number;
        _socket.SetHandleAsInvalid();
        return number;
    }

    /// <summary>Stops listening. A Unix socket's file goes with it, unless somebody else has bound the path since.</summary>
    public void Dispose()
    {
        _file?.Remove();
        _socket.Dispose();
    }

    // A socket bound to one address tells it without a system call; only a wildcard has to ask where the client came to.
    private SocketName LocalNameOf(int socket) =>
        Kind.IsUnix || !Bound.IsWildcard || !SocketName.TryGet(socket, out var name) ? Bound : name;
}
