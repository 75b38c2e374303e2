using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>One number for setsockopt(2), and the kernel's name of it for people.</summary>
internal readonly record struct SocketOption(string Name, int Level, int Number, int Value)
{
    private const int On = 1;

    /// <summary>What the settings ask of a socket of this kind; what is not about its kind is left out.</summary>
    public static List<SocketOption> Of(SocketSettings settings, SocketKind kind)
    {
        var options = new List<SocketOption>();
        if (kind.IsTcp)
        {
            AddTcp(options, settings);
        }

        if (kind.IsInternet)
        {
            AddInternet(options, settings, isV6: kind.Domain == Libc.AF_INET6);
        }

        AddIf(options, settings.SendBuffer, "SO_SNDBUF", Libc.SOL_SOCKET, Libc.SO_SNDBUF);
        AddIf(options, settings.ReceiveBuffer, "SO_RCVBUF", Libc.SOL_SOCKET, Libc.SO_RCVBUF);
        return options;
    }

    /// <summary>What helps when it cannot be set; empty when nothing special does.</summary>
    public string Remedy(int errno) => (errno, Name) switch
    {
        (Errno.EPERM, "IP_TRANSPARENT" or "IPV6_TRANSPARENT") => "; 'transparent' needs CAP_NET_ADMIN or CAP_NET_RAW",
        (Errno.EPERM, "SO_MARK") => "; 'mark' needs CAP_NET_ADMIN or CAP_NET_RAW",
        (Errno.EPERM, _) => "; it needs CAP_NET_ADMIN",
        (Errno.ENOPROTOOPT or Errno.EOPNOTSUPP, _) => "; a socket of this kind does not have it",
        _ => "",
    };

    private static void AddTcp(List<SocketOption> options, SocketSettings settings)
    {
        var keepAlive = settings.KeepAlive;
        options.Add(new("SO_KEEPALIVE", Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, keepAlive.IsOn ? On : 0));
        AddIf(options, Seconds(keepAlive.Idle), "TCP_KEEPIDLE", Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE);
        AddIf(options, Seconds(keepAlive.Interval), "TCP_KEEPINTVL", Libc.IPPROTO_TCP, Libc.TCP_KEEPINTVL);
        AddIf(options, keepAlive.Count, "TCP_KEEPCNT", Libc.IPPROTO_TCP, Libc.TCP_KEEPCNT);
        AddIf(options, Flag(settings.NoDelay), "TCP_NODELAY", Libc.IPPROTO_TCP, Libc.TCP_NODELAY);
        AddIf(options, Seconds(settings.DeferAccept), "TCP_DEFER_ACCEPT", Libc.IPPROTO_TCP, Libc.TCP_DEFER_ACCEPT);
    }

    // An IPv6 socket may have IPv4 clients: what has a name in each family is set in both.
    private static void AddInternet(List<SocketOption> options, SocketSettings settings, bool isV6)
    {
        AddIf(options, (int?)settings.Mark, "SO_MARK", Libc.SOL_SOCKET, Libc.SO_MARK);
        AddIf(options, settings.Tos, "IP_TOS", Libc.IPPROTO_IP, Libc.IP_TOS);
        AddIf(options, settings.Ttl, "IP_TTL", Libc.IPPROTO_IP, Libc.IP_TTL);
        var (freeBind, transparent) = (Flag(settings.FreeBind ? true : null), Flag(settings.Transparent ? true : null));
        if (!isV6)
        {
            AddIf(options, freeBind, "IP_FREEBIND", Libc.IPPROTO_IP, Libc.IP_FREEBIND);
            AddIf(options, transparent, "IP_TRANSPARENT", Libc.IPPROTO_IP, Libc.IP_TRANSPARENT);
            return;
        }

        AddIf(options, settings.Tos, "IPV6_TCLASS", Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS);
        AddIf(options, settings.Ttl, "IPV6_UNICAST_HOPS", Libc.IPPROTO_IPV6, Libc.IPV6_UNICAST_HOPS);
        AddIf(options, freeBind, "IPV6_FREEBIND", Libc.IPPROTO_IPV6, Libc.IPV6_FREEBIND);
        AddIf(options, transparent, "IPV6_TRANSPARENT", Libc.IPPROTO_IPV6, Libc.IPV6_TRANSPARENT);
    }

    private static void AddIf(List<SocketOption> options, int? value, string name, int level, int number)
    {
        if (value is { } wanted)
        {
            options.Add(new(name, level, number, wanted));
        }
    }

    private static int? Flag(bool? flag) => flag is { } wanted ? wanted ? On : 0 : null;

    private static int? Seconds(TimeSpan? span) => (int?)span?.TotalSeconds;
}
