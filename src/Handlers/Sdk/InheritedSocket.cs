using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers;

/// <summary>What an inetd may put on descriptor 0.</summary>
internal enum InheritedKind
{
    /// <summary>A file, a terminal, a pipe, or nothing: somebody started the handler by hand.</summary>
    NotASocket,

    /// <summary>nowait: one client.</summary>
    Connected,

    /// <summary>wait: a stream socket that listens.</summary>
    Listening,

    /// <summary>wait: datagrams of any number of peers.</summary>
    Datagram,
}

/// <summary>The socket on descriptor 0: asks the kernel what it is, and never the environment.</summary>
internal static class InheritedSocket
{
    public const int Descriptor = 0;

    public static InheritedKind Kind(int descriptor = Descriptor)
    {
        if (Option(descriptor, Libc.SO_TYPE) is not { } type)
        {
            return InheritedKind.NotASocket;
        }

        if (type == Libc.SOCK_DGRAM)
        {
            return InheritedKind.Datagram;
        }

        return Option(descriptor, Libc.SO_ACCEPTCONN) == 1 ? InheritedKind.Listening : InheritedKind.Connected;
    }

    /// <summary>A connection on which what was sent at once arrives at once (SOCK_SEQPACKET).</summary>
    public static bool KeepsMessagesApart(int descriptor = Descriptor) =>
        Option(descriptor, Libc.SO_TYPE) == Libc.SOCK_SEQPACKET;

    public static bool IsBlocking(int descriptor) => (Libc.fcntl(descriptor, Libc.F_GETFL, 0) & Libc.O_NONBLOCK) == 0;

    /// <summary>
    /// O_NONBLOCK belongs to the open socket, not to the process: whoever had it before may have left it on, and whoever gets it
    /// next (the daemon, the next child of a wait service) sees what we leave.
    /// </summary>
    public static void SetBlocking(bool blocking, int descriptor = Descriptor)
    {
        var flags = Libc.fcntl(descriptor, Libc.F_GETFL, 0);
        var wanted = blocking ? flags & ~Libc.O_NONBLOCK : flags | Libc.O_NONBLOCK;
        if (flags >= 0 && flags != wanted)
        {
            _ = Libc.fcntl(descriptor, Libc.F_SETFL, wanted);
        }
    }

    /// <summary>Whether two descriptors are the same socket: inetd has the client on 2 as well, and our complaints are not for it.</summary>
    public static bool AreSame(int one, int other)
    {
        Span<byte> first = stackalloc byte[sizeof(ulong)];
        Span<byte> second = stackalloc byte[sizeof(ulong)];
        var length = (uint)first.Length;
        return Libc.getsockopt(one, Libc.SOL_SOCKET, Libc.SO_COOKIE, first, ref length) == 0
            && Libc.getsockopt(other, Libc.SOL_SOCKET, Libc.SO_COOKIE, second, ref length) == 0
            && first.SequenceEqual(second);
    }

    private static int? Option(int descriptor, int name)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        var length = (uint)value.Length;
        return Libc.getsockopt(descriptor, Libc.SOL_SOCKET, name, value, ref length) == 0 ? BitConverter.ToInt32(value) : null;
    }
}
