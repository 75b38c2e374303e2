using System.Text;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// Sets the options of a service's sockets. On the listener, before it listens: what is accepted inherits them, and the window
/// of a connection is negotiated in its first packet, when nobody has accepted it yet.
/// </summary>
internal static class SocketOptions
{
    private const int On = 1;

    /// <summary>What only a socket that is not bound yet can be given.</summary>
    public static Fault? Prepare(Endpoint endpoint, SocketKind kind, int socket)
    {
        if (!kind.IsInternet)
        {
            return null;
        }

        // Without it a restart would have to wait for the last connections' TIME_WAIT. Not for UDP, where it would let
        // two sockets share one port and its datagrams.
        var fault = kind.IsTcp ? Set(socket, new("SO_REUSEADDR", Libc.SOL_SOCKET, Libc.SO_REUSEADDR, On)) : null;
        if (kind.Domain == Libc.AF_INET6)
        {
            fault ??= Set(socket, new("IPV6_V6ONLY", Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, endpoint.IsDualStack ? 0 : On));
        }

        if (endpoint.SharesPort)
        {
            fault ??= Set(socket, new("SO_REUSEPORT", Libc.SOL_SOCKET, Libc.SO_REUSEPORT, On));
        }

        return fault ?? (endpoint.Device is { } device ? BindTo(device, socket) : null);
    }

    /// <summary>What an open socket can be given, too. What was set before and is not any more goes back to the usual.</summary>
    public static Fault? Apply(SocketKind kind, int socket, SocketSettings now, SocketSettings? was)
    {
        if (!kind.IsSocket)
        {
            return null;
        }

        var wanted = SocketOption.Of(now, kind);
        if (was is not null)
        {
            Restore(kind, socket, now, [.. SocketOption.Of(was, kind).ExceptBy(wanted.Select(Key), Key)]);
            RestoreCongestion(kind, socket, now, was);
        }

        foreach (var option in wanted)
        {
            if (Set(socket, option) is { } fault)
            {
                return fault;
            }
        }

        return kind.IsTcp && now.Congestion is { } congestion
            ? SetText(socket, "TCP_CONGESTION", Libc.IPPROTO_TCP, Libc.TCP_CONGESTION, Encoding.ASCII.GetBytes(congestion),
                "; /proc/sys/net/ipv4/tcp_available_congestion_control has what there is, "
                + "and what is not in tcp_allowed_congestion_control needs CAP_NET_ADMIN")
            : null;
    }

    private static (int, int) Key(SocketOption option) => (option.Level, option.Number);

    private static Fault? BindTo(string device, int socket) =>
        SetText(socket, "SO_BINDTODEVICE", Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, Encoding.ASCII.GetBytes(device + '\0'),
            Errno.Last == Errno.ENODEV ? "" : "; it may need CAP_NET_RAW");

    private static Fault? SetText(int socket, string name, int level, int option, byte[] text, string remedy) =>
        Libc.setsockopt(socket, level, option, text[0], (uint)text.Length) == 0 ? null
            : new Fault($"setsockopt({name})", Errno.Last, Errno.Last == Errno.ENODEV ? "; there is no such interface" : remedy);

    private static Fault? Set(int socket, SocketOption option)
    {
        if (option.Level == Libc.SOL_SOCKET && option.Number is Libc.SO_SNDBUF or Libc.SO_RCVBUF)
        {
            return SetBuffer(socket, option);
        }

        return TrySet(socket, option) ? null : new Fault($"setsockopt({option.Name})", Errno.Last, option.Remedy(Errno.Last));
    }

    private static bool TrySet(int socket, SocketOption option) =>
        Libc.setsockopt(socket, option.Level, option.Number, option.Value, sizeof(int)) == 0;

    // The kernel doubles what it is given, for its own overhead, and cuts it to a maximum without a word (socket(7)).
    private static Fault? SetBuffer(int socket, SocketOption option)
    {
        var isSending = option.Number == Libc.SO_SNDBUF;
        var anyhow = option with { Number = isSending ? Libc.SO_SNDBUFFORCE : Libc.SO_RCVBUFFORCE };
        var isSet = TrySet(socket, option)
            && (SocketKind.Ask(socket, option.Number) >= 2L * option.Value || TrySet(socket, anyhow));
        return isSet ? null : new Fault($"setsockopt({option.Name})", Errno.Last,
            $"; more than net.core.{(isSending ? "wmem" : "rmem")}_max needs CAP_NET_ADMIN");
    }

    // What is usual on this machine is what a new socket has. A socket that does not know an option has nothing to put back.
    private static void Restore(SocketKind kind, int socket, SocketSettings now, SocketOption[] gone)
    {
        if (gone.Length == 0)
        {
            return;
        }

        using var fresh = kind.Make();
        foreach (var option in gone)
        {
            var value = 0;
            var length = (uint)sizeof(int);
            if (Libc.getsockopt(fresh.Number, option.Level, option.Number, ref value, ref length) == 0)
            {
                var isBuffer = option.Level == Libc.SOL_SOCKET && option.Number is Libc.SO_SNDBUF or Libc.SO_RCVBUF;
                _ = TrySet(socket, option with { Value = isBuffer ? value / 2 : value });
            }
        }

        // A buffer whose size was set by hand no longer grows with its connection, unless the kernel is told that it may.
        var stillByHand = (now.SendBuffer is null ? 0 : 1) | (now.ReceiveBuffer is null ? 0 : 2);
        _ = TrySet(socket, new("SO_BUF_LOCK", Libc.SOL_SOCKET, Libc.SO_BUF_LOCK, stillByHand));
    }

    private static void RestoreCongestion(SocketKind kind, int socket, SocketSettings now, SocketSettings was)
    {
        if (!kind.IsTcp || was.Congestion is null || now.Congestion is not null)
        {
            return;
        }

        using var fresh = kind.Make();
        Span<byte> name = stackalloc byte[16];
        var length = (uint)name.Length;
        if (Libc.getsockopt(fresh.Number, Libc.IPPROTO_TCP, Libc.TCP_CONGESTION, ref name[0], ref length) == 0)
        {
            _ = Libc.setsockopt(socket, Libc.IPPROTO_TCP, Libc.TCP_CONGESTION, name[0], length);
        }
    }
}
