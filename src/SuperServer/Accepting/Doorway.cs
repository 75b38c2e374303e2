using System.Runtime.InteropServices;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// Opens endpoints: takes a socket that the daemon was given, or makes one: options, bind, listen. What it opens is blocking or
/// not as the Dispatcher decides later.
/// </summary>
internal static class Doorway
{
    /// <summary>Everybody may connect; who must not is kept out by the permissions of the folder (unix(7)).</summary>
    public const int UsualUnixMode = 0b110_110_110;

    private const int AllPermissions = 0b111_111_111;

    // What a daemon before us may have set on a socket that we take over from it: all of it goes back to what the file says.
    private static readonly SocketSettings _anything = new()
    {
        NoDelay = true,
        KeepAlive = new KeepAlive(IsOn: true, TimeSpan.FromHours(1), TimeSpan.FromHours(1), Count: 1),
        DeferAccept = TimeSpan.FromHours(1),
        FreeBind = true,
        Transparent = true,
        Mark = 1,
        Tos = 1,
        Ttl = 1,
        Congestion = "reno",
    };

    /// <summary>Opens an endpoint of a service that has this backlog and these settings.</summary>
    /// <param name="endpoint">What to open.</param>
    /// <param name="backlog">Connections that may wait.</param>
    /// <param name="settings">Options of the socket.</param>
    /// <param name="inherited">Sockets that are open already.</param>
    /// <param name="handsOver">Each client gets a socket of its own on this port (Listener.Datagrams.cs).</param>
    public static ListenResult Open(
        Endpoint endpoint, int backlog, SocketSettings settings, InheritedSockets inherited, bool handsOver = false)
    {
        if (endpoint.IsHanded)
        {
            return TakeOver(endpoint, backlog, settings, inherited);
        }

        if (endpoint.Transport == Transport.Fifo)
        {
            return OpenFifo(endpoint, settings);
        }

        return inherited.TwinOf(endpoint) is var (name, socket)
            ? Adopt(endpoint, name, socket, backlog, settings)
            : Make(endpoint, backlog, settings, handsOver);
    }

    private static ListenResult Make(Endpoint endpoint, int backlog, SocketSettings settings, bool handsOver)
    {
        var kind = SocketKind.Of(endpoint);
        var socket = kind.Make();
        if (socket.IsInvalid)
        {
            return Failure(endpoint, Fault.Last("socket"));
        }

        var fault = SocketOptions.Prepare(endpoint, kind, socket.Number)
            ?? SocketOptions.Apply(kind, socket.Number, settings, was: null)
            ?? (handsOver && !Listener.BeginSharing(socket.Number) ? Fault.Last("setsockopt") : null)
            ?? Bind(endpoint, kind, socket, settings)
            ?? (handsOver && !Listener.EndSharing(socket.Number) ? Fault.Last("setsockopt") : null)
            ?? Listen(endpoint, socket, backlog);
        if (fault is null)
        {
            var file = endpoint.FilePath is { } path ? UnixSocketFile.At(path) : null;
            return new ListenResult.Opened(new Listener(endpoint, kind, socket, settings, file));
        }

        socket.Dispose();
        return Failure(endpoint, fault);
    }

    /// <summary>Takes a socket that was opened for this endpoint before, by a predecessor in this process.</summary>
    public static Listener Resume(Endpoint endpoint, int socket, SocketSettings settings) => new(
        endpoint, endpoint.IsHanded ? SocketKind.OfSocket(socket) : SocketKind.Of(endpoint), new FileDescriptor(socket), settings,
        endpoint.FilePath is { } path ? UnixSocketFile.At(path) : null);

    private static Fault? Listen(Endpoint endpoint, FileDescriptor socket, int backlog) =>
        endpoint.IsStream && Libc.listen(socket, backlog) != 0 ? Fault.Last("listen") : null;

    private static Fault? Bind(Endpoint endpoint, SocketKind kind, FileDescriptor socket, SocketSettings settings)
    {
        var address = SocketName.Write(endpoint, out var length);
        if (endpoint.FilePath is not { } path)
        {
            return Libc.bind(socket, address, length) == 0 ? null : Fault.Last("bind");
        }

        RemoveStaleSocket(path, endpoint, kind);

        // The mode is right from the first moment: a chmod afterwards would leave a gap. A file that will be somebody else's
        // is closed to everybody until it is.
        var isOurs = settings is { Owner: null, Group: null };
        var mode = settings.Mode ?? UsualUnixMode;
        var mask = Libc.umask((uint)(isOurs ? ~mode & AllPermissions : AllPermissions));
        var fault = Libc.bind(socket, address, length) == 0 ? null : Fault.Last("bind");
        _ = Libc.umask(mask);
        if (fault is not null || isOurs)
        {
            return fault;
        }

        var file = UnixSocketFile.At(path);
        fault = file is null ? new Fault("chown", Errno.ENOENT) : file.Give(settings.Owner, settings.Group, mode);
        if (fault is not null)
        {
            file?.Remove();
        }

        return fault;
    }

    // A socket file that nobody listens on is what a killed daemon left. One that answers is somebody's, and bind will say so.
    private static void RemoveStaleSocket(string path, Endpoint endpoint, SocketKind kind)
    {
        if (UnixSocketFile.At(path) is { } file)
        {
            using var probe = kind.Make(Libc.SOCK_NONBLOCK);
            var address = SocketName.Write(endpoint, out var length);
            if (Libc.connect(probe, address, length) != 0 && Errno.Last == Errno.ECONNREFUSED)
            {
                file.Remove();
            }
        }
    }

    private static ListenResult OpenFifo(Endpoint endpoint, SocketSettings settings)
    {
        if (Fifo.TryOpen(endpoint.Path!, settings, out var fifo) is not { } fault)
        {
            var file = UnixSocketFile.At(endpoint.Path!, Libc.S_IFIFO);
            return new ListenResult.Opened(new Listener(endpoint, default, fifo, settings, file));
        }

        fifo.Dispose();
        return Failure(endpoint, fault);
    }

    /// <summary>The socket that we would make is open already: a daemon before us has made it.</summary>
    private static ListenResult Adopt(
        Endpoint endpoint, string name, FileDescriptor socket, int backlog, SocketSettings settings)
    {
        var kind = SocketKind.Of(endpoint);
        var file = endpoint.FilePath is { } path ? UnixSocketFile.At(path) : null;
        var fault = SocketOptions.Apply(kind, socket.Number, settings, _anything)
            ?? file?.Give(settings.Owner, settings.Group, settings.Mode ?? UsualUnixMode)
            ?? Listen(endpoint, socket, backlog);
        if (fault is null)
        {
            return new ListenResult.Opened(new Listener(endpoint, kind, socket, settings, file) { HandedName = name });
        }

        socket.Dispose();
        return Failure(endpoint, fault);
    }

    /// <summary>A socket that somebody else has opened for us. Its file is theirs, too.</summary>
    private static ListenResult TakeOver(Endpoint endpoint, int backlog, SocketSettings settings, InheritedSockets inherited)
    {
        if (inherited.Named(endpoint.HandedName!) is not { } socket)
        {
            return new ListenResult.Failed($"no socket of the name '{endpoint.HandedName}' was handed to this daemon when it was "
                + "started (LISTEN_FDS, LISTEN_FDNAMES), or it has been closed since", MayHeal: false);
        }

        var kind = SocketKind.OfSocket(socket.Number);
        if (WhyNot(endpoint, kind, socket.Number) is { } why)
        {
            socket.Dispose();
            return new ListenResult.Failed($"the descriptor that was handed to this daemon is {why}", MayHeal: false);
        }

        var fault = SocketOptions.Apply(kind, socket.Number, settings, was: null) ?? Listen(endpoint, socket, backlog);
        if (fault is null)
        {
            return new ListenResult.Opened(new Listener(endpoint, kind, socket, settings, file: null)
            {
                HandedName = endpoint.HandedName,
            });
        }

        socket.Dispose();
        return Failure(endpoint, fault);
    }

    // What the file takes it for decides how its service is run, and was decided without seeing the socket.
    private static string? WhyNot(Endpoint endpoint, SocketKind kind, int socket) =>
        !kind.IsSocket ? "no socket"
        : !kind.IsInternet && !kind.IsUnix && !kind.IsVsock ? $"a socket of family {kind.Domain}, which is none of ours"
        : kind.Type is not (Libc.SOCK_STREAM or Libc.SOCK_DGRAM or Libc.SOCK_SEQPACKET) ? $"a socket of type {kind.Type}"
        : kind.Type == Libc.SOCK_DGRAM
            ? endpoint.IsStream ? $"a socket for datagrams: write 'fd-dgram:{endpoint.HandedName}'" : null
        : !endpoint.IsStream ? $"a socket for connections: write 'fd:{endpoint.HandedName}'"
        : SocketKind.Ask(socket, Libc.SO_ACCEPTCONN) == 0 ? "a socket that does not listen"
        : null;

    private static ListenResult Failure(Endpoint endpoint, Fault fault) =>
        endpoint.MayBeMissing && fault.Error is Errno.EAFNOSUPPORT or Errno.EADDRNOTAVAIL
            ? new ListenResult.NotOnThisHost()
            : new ListenResult.Failed(
                $"{fault}{Remedy(endpoint, fault)}", MayHeal: fault.Error is Errno.EADDRNOTAVAIL or Errno.ENODEV);

    private static string Remedy(Endpoint endpoint, Fault fault) => (fault.Call, fault.Error) switch
    {
        ("bind", Errno.EADDRINUSE) when endpoint.FilePath is not null =>
            "; something is at that path and is not a socket left behind",
        (_, Errno.EADDRINUSE) when endpoint.IsInternet => $"; {PortHolder.Find(endpoint) ?? "`ss -lp` tells who has it"}",
        (_, Errno.EADDRINUSE) => "; `ss -lp` tells who has it",
        ("bind", Errno.EACCES) when endpoint.Address?.Port is < 1024 and > 0 =>
            "; ports below 1024 need root or CAP_NET_BIND_SERVICE",
        ("bind", Errno.EADDRNOTAVAIL) when endpoint.Vsock is not null => "; this machine does not have that CID",
        ("socket", Errno.EAFNOSUPPORT) when endpoint.Vsock is not null =>
            "; this kernel has no vsock: virtual machines have the module vmw_vsock_virtio_transport, their hosts vhost_vsock",
        ("socket", Errno.EPROTONOSUPPORT or Errno.EINVAL or Errno.ENOPROTOOPT) when endpoint.IsMultipath =>
            "; this kernel has no MPTCP, or the sysctl net.mptcp.enabled is 0: set mptcp = false",
        _ => "",
    };
}
