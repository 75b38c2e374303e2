using System.Net.Sockets;
using System.Runtime.InteropServices;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>Opens endpoints: socket, options, bind, listen. What it opens is blocking or not as the Dispatcher decides later.</summary>
internal static class Doorway
{
    /// <summary>Everybody may connect; who must not is kept out by the permissions of the folder (unix(7)).</summary>
    private const uint UnixSocketMask = 0b001_001_001;

    /// <param name="endpoint">What to open.</param>
    /// <param name="backlog">Connections that may wait.</param>
    /// <param name="handsOver">Each client gets a socket of its own on this port (Listener.Datagrams.cs).</param>
    public static ListenResult Open(Endpoint endpoint, int backlog, bool handsOver = false)
    {
        var socket = Libc.socket(Family(endpoint), Type(endpoint) | Libc.SOCK_CLOEXEC, 0);
        if (socket.IsInvalid)
        {
            return Failure(endpoint, "socket", Errno.Last);
        }

        var failed = handsOver && !Listener.BeginSharing(socket.Number) ? "setsockopt" : Prepare(endpoint, socket, backlog);
        failed ??= handsOver && !Listener.EndSharing(socket.Number) ? "setsockopt" : null;
        if (failed is null)
        {
            return new ListenResult.Opened(
                new Listener(endpoint, socket, endpoint.Path is { } path ? UnixSocketFile.At(path) : null));
        }

        var errno = Errno.Last;
        socket.Dispose();
        return Failure(endpoint, failed, errno);
    }

    // The name of the first call that failed, or null.
    private static string? Prepare(Endpoint endpoint, FileDescriptor socket, int backlog)
    {
        if (endpoint.Path is { } path)
        {
            RemoveStaleSocket(path, endpoint);
        }
        else if (!SetInternetOptions(endpoint, socket.Number))
        {
            return "setsockopt";
        }

        return Bind(endpoint, socket) != 0 ? "bind"
            : endpoint.IsStream && Libc.listen(socket, backlog) != 0 ? "listen"
            : null;
    }

    private static bool SetInternetOptions(Endpoint endpoint, int socket)
    {
        const int On = 1;

        // Without it a restart would have to wait for the last connections' TIME_WAIT. Not for UDP, where it would let
        // two sockets share one port and its datagrams.
        return (endpoint.Transport != Transport.Tcp || Set(Libc.SOL_SOCKET, Libc.SO_REUSEADDR))
            && (Family(endpoint) != Libc.AF_INET6 || Set(Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY));

        bool Set(int level, int option) => Libc.setsockopt(socket, level, option, On, sizeof(int)) == 0;
    }

    private static int Bind(Endpoint endpoint, FileDescriptor socket)
    {
        var address = SocketName.Write(endpoint, out var length);
        if (!endpoint.IsUnix)
        {
            return Libc.bind(socket, address, length);
        }

        // The mode is right from the first moment: a chmod afterwards would leave a gap.
        var mask = Libc.umask(UnixSocketMask);
        var result = Libc.bind(socket, address, length);
        var errno = Errno.Last;
        _ = Libc.umask(mask);
        Marshal.SetLastPInvokeError(errno);
        return result;
    }

    // A socket file that nobody listens on is what a killed daemon left. One that answers is somebody's, and bind will say so.
    private static void RemoveStaleSocket(string path, Endpoint endpoint)
    {
        if (UnixSocketFile.At(path) is { } file)
        {
            using var probe = Libc.socket(Libc.AF_UNIX, Type(endpoint) | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
            var address = SocketName.Write(endpoint, out var length);
            if (Libc.connect(probe, address, length) != 0 && Errno.Last == Errno.ECONNREFUSED)
            {
                file.Remove();
            }
        }
    }

    private static ListenResult Failure(Endpoint endpoint, string call, int errno) =>
        endpoint.MayBeMissing && errno is Errno.EAFNOSUPPORT or Errno.EADDRNOTAVAIL
            ? new ListenResult.NotOnThisHost()
            : new ListenResult.Failed($"{call}: {Errno.Say(errno)}{Remedy(endpoint, errno)}", errno == Errno.EADDRNOTAVAIL);

    private static string Remedy(Endpoint endpoint, int errno) => errno switch
    {
        Errno.EADDRINUSE when endpoint.IsUnix => "; something is at that path and is not a socket left behind",
        Errno.EADDRINUSE => $"; {PortHolder.Find(endpoint) ?? "`ss -lp` tells who has it"}",
        Errno.EACCES when endpoint.Address?.Port is < 1024 and > 0 => "; ports below 1024 need root or CAP_NET_BIND_SERVICE",
        _ => "",
    };

    private static int Family(Endpoint endpoint) => endpoint.Address?.AddressFamily switch
    {
        null => Libc.AF_UNIX,
        AddressFamily.InterNetwork => Libc.AF_INET,
        _ => Libc.AF_INET6,
    };

    private static int Type(Endpoint endpoint) => endpoint.IsStream ? Libc.SOCK_STREAM : Libc.SOCK_DGRAM;
}
