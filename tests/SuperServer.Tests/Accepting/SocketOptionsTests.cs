using System.Net;
using System.Net.Sockets;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Tests.Accepting;

/// <summary>Options as the kernel has them in the end: read back from the listener, and from a socket that it has accepted.</summary>
public sealed class SocketOptionsTests
{
    private static readonly TimeSpan _time = TimeSpan.FromSeconds(77);

    private static SocketSettings Plain { get; } = new();

    [Fact]
    public void Whoever_falls_silent_is_asked_whether_he_is_there_unless_the_file_says_otherwise()
    {
        Assert.Equal(1, InAccepted(Plain, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE));
        Assert.Equal(0, InAccepted(Plain with { KeepAlive = new(IsOn: false) }, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE));
    }

    [Fact]
    public void Accepted_sockets_ask_as_often_as_the_file_says()
    {
        var settings = Plain with { KeepAlive = new(IsOn: true, _time, TimeSpan.FromSeconds(5), Count: 3) };

        Assert.Equal(77, InAccepted(settings, Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE));
        Assert.Equal(5, InAccepted(settings, Libc.IPPROTO_TCP, Libc.TCP_KEEPINTVL));
        Assert.Equal(3, InAccepted(settings, Libc.IPPROTO_TCP, Libc.TCP_KEEPCNT));
    }

    [Fact]
    public void Accepted_sockets_send_at_once() =>
        Assert.Equal(1, InAccepted(Plain with { NoDelay = true }, Libc.IPPROTO_TCP, Libc.TCP_NODELAY));

    [Fact]
    public void Accepted_sockets_have_the_marks_of_their_packets()
    {
        Assert.Equal(0x10, InAccepted(Plain with { Tos = 0x10 }, Libc.IPPROTO_IP, Libc.IP_TOS));
        Assert.Equal(33, InAccepted(Plain with { Ttl = 33 }, Libc.IPPROTO_IP, Libc.IP_TTL));
    }

    [Fact]
    public void Clients_of_both_families_of_one_socket_get_the_same_marks()
    {
        var settings = Plain with { Tos = 0x20, Ttl = 34 };
        var both = Any6 with { IsDualStack = true };

        Assert.Equal(0x20, InAccepted(settings, Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS, both, IPAddress.IPv6Loopback));
        Assert.Equal(34, InAccepted(settings, Libc.IPPROTO_IPV6, Libc.IPV6_UNICAST_HOPS, both, IPAddress.IPv6Loopback));
        Assert.Equal(0x20, InAccepted(settings, Libc.IPPROTO_IP, Libc.IP_TOS, both, IPAddress.Loopback));
        Assert.Equal(34, InAccepted(settings, Libc.IPPROTO_IP, Libc.IP_TTL, both, IPAddress.Loopback));
    }

    [Fact]
    public void Buffers_have_their_size_before_the_first_packet_arrives()
    {
        var settings = Plain with { SendBuffer = 20_000, ReceiveBuffer = 30_000 };

        // The kernel doubles what it is given (socket(7)).
        Assert.Equal(40_000, InAccepted(settings, Libc.SOL_SOCKET, Libc.SO_SNDBUF));
        Assert.Equal(60_000, InAccepted(settings, Libc.SOL_SOCKET, Libc.SO_RCVBUF));
    }

    [Fact]
    public void A_buffer_that_is_larger_than_the_machine_allows_takes_root()
    {
        var huge = Plain with { ReceiveBuffer = 64 << 20 };
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Equal(128 << 20, InAccepted(huge, Libc.SOL_SOCKET, Libc.SO_RCVBUF));
            return;
        }

        var failed = Assert.IsType<ListenResult.Failed>(Doorway.Open(Any4, 16, huge, InheritedSockets.None));
        Assert.Contains("net.core.rmem_max needs CAP_NET_ADMIN", failed.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_congestion_control_is_the_one_that_was_chosen()
    {
        using var listener = Open(Any4, Plain with { Congestion = "reno" });

        Assert.Equal("reno", Congestion(listener));
        Assert.Null(listener.Apply(Plain));
        Assert.NotEqual("", Congestion(listener));
        Assert.Equal(File.ReadAllText("/proc/sys/net/ipv4/tcp_congestion_control").Trim(), Congestion(listener));
    }

    [Fact]
    public void A_congestion_control_that_does_not_exist_is_named_with_the_place_that_lists_them()
    {
        var failed = Assert.IsType<ListenResult.Failed>(
            Doorway.Open(Any4, 16, Plain with { Congestion = "swiftest" }, InheritedSockets.None));

        Assert.StartsWith("setsockopt(TCP_CONGESTION)", failed.Why, StringComparison.Ordinal);
        Assert.Contains("tcp_available_congestion_control", failed.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_says_nothing_is_not_accepted_when_the_service_waits_for_its_words()
    {
        using var listener = Open(Any4, Plain with { DeferAccept = TimeSpan.FromSeconds(30) });
        listener.SetBlocking(false);
        using var client = Connect(listener, IPAddress.Loopback);

        Assert.Equal(AcceptOutcome.NothingWaiting, listener.TryAccept(out _));
        client.Send([1]);
        Assert.True(SpinWait.SpinUntil(listener.HasVisitors, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void An_address_that_is_not_there_can_be_bound_with_freebind()
    {
        var elsewhere = Any4 with { Address = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0) };
        var elsewhere6 = Any4 with { Address = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 0) };

        Open(elsewhere, Plain with { FreeBind = true }).Dispose();
        Open(elsewhere6, Plain with { FreeBind = true }).Dispose();
    }

    [Fact]
    public void What_needs_privileges_is_set_by_root_and_says_so_to_others()
    {
        var settings = Plain with { Mark = 0x2a };
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Equal(0x2a, InAccepted(settings, Libc.SOL_SOCKET, Libc.SO_MARK));
            Assert.Equal(1, InListener(Any4, Plain with { Transparent = true }, Libc.IPPROTO_IP, Libc.IP_TRANSPARENT));
            Assert.Equal(1, InListener(Any6, Plain with { Transparent = true }, Libc.IPPROTO_IPV6, Libc.IPV6_TRANSPARENT));
            return;
        }

        var failed = Assert.IsType<ListenResult.Failed>(Doorway.Open(Any4, 16, settings, InheritedSockets.None));
        Assert.Contains("CAP_NET_ADMIN", failed.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_the_only_one_that_clients_come_by()
    {
        using var listener = Open(Any4 with { Device = "lo" }, Plain);
        Span<byte> name = stackalloc byte[16];
        var length = (uint)name.Length;

        Assert.Equal(0, Libc.getsockopt(listener.Socket, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, ref name[0], ref length));
        Assert.Equal("lo\0"u8, name[..(int)length]);
    }

    [Fact]
    public void An_interface_that_is_not_there_may_come()
    {
        var failed = Assert.IsType<ListenResult.Failed>(
            Doorway.Open(Any4 with { Device = "nosuch0" }, 16, Plain, InheritedSockets.None));

        Assert.Contains("there is no such interface", failed.Why, StringComparison.Ordinal);
        Assert.True(failed.MayHeal);
    }

    [Fact]
    public void A_shared_port_can_be_opened_twice_and_another_one_cannot()
    {
        using var first = Open(Any4 with { SharesPort = true }, Plain);
        var same = Any4 with { Address = new IPEndPoint(IPAddress.Loopback, first.Bound.Port) };

        Open(same with { SharesPort = true }, Plain).Dispose();
        Assert.IsType<ListenResult.Failed>(Doorway.Open(same, 16, Plain, InheritedSockets.None));
    }

    [Fact]
    public void One_socket_of_both_families_takes_clients_of_both_and_shows_them_as_what_they_are()
    {
        using var listener = Open(Any6 with { IsDualStack = true }, Plain);

        Assert.StartsWith("127.0.0.1:", PeerFrom(listener, IPAddress.Loopback), StringComparison.Ordinal);
        Assert.StartsWith("[::1]:", PeerFrom(listener, IPAddress.IPv6Loopback), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_being_asked_IPv6_does_not_take_IPv4_clients() =>
        Assert.Equal(1, InListener(Any6, Plain, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY));

    [Fact]
    public void A_multipath_socket_is_one_and_serves_those_who_know_nothing_of_it()
    {
        Assert.SkipUnless(File.Exists("/proc/sys/net/mptcp/enabled"), "this kernel has no MPTCP");
        var multipath = Any4 with { IsMultipath = true };

        Assert.Equal(Libc.IPPROTO_MPTCP, InListener(multipath, Plain, Libc.SOL_SOCKET, Libc.SO_PROTOCOL));
        using var listener = Open(multipath, Plain with { NoDelay = true });
        Assert.StartsWith("tcp:", listener.Address, StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1:", PeerFrom(listener, IPAddress.Loopback), StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_listener_takes_new_settings_and_gives_up_old_ones()
    {
        var before = Plain with
        {
            NoDelay = true,
            Tos = 8,
            Ttl = 9,
            SendBuffer = 20_000,
            KeepAlive = new(IsOn: true, _time),
            DeferAccept = _time,
        };
        using var usual = Open(Any4, Plain);
        using var listener = Open(Any4, before);

        Assert.Null(listener.Apply(Plain with { KeepAlive = new(IsOn: false), ReceiveBuffer = 30_000 }));

        Assert.Equal(0, Read(listener.Socket, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE));
        Assert.Equal(60_000, Read(listener.Socket, Libc.SOL_SOCKET, Libc.SO_RCVBUF));
        foreach (var (level, option) in new[]
        {
            (Libc.IPPROTO_TCP, Libc.TCP_NODELAY), (Libc.IPPROTO_IP, Libc.IP_TOS), (Libc.IPPROTO_IP, Libc.IP_TTL),
            (Libc.SOL_SOCKET, Libc.SO_SNDBUF), (Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE), (Libc.IPPROTO_TCP, Libc.TCP_DEFER_ACCEPT),
        })
        {
            Assert.Equal(Read(usual.Socket, level, option), Read(listener.Socket, level, option));
        }

        Assert.Equal(2, Read(listener.Socket, Libc.SOL_SOCKET, Libc.SO_BUF_LOCK));
    }

    private static Endpoint Any4 => Some.Endpoint;

    private static Endpoint Any6 => Some.Endpoint with { Address = new IPEndPoint(IPAddress.IPv6Any, 0) };

    private static string PeerFrom(Listener listener, IPAddress address)
    {
        using var client = Connect(listener, address);
        Assert.Equal(AcceptOutcome.Accepted, listener.TryAccept(out var arrival));
        _ = Libc.close(arrival.Socket);
        return arrival.Peer.ToString();
    }

    private static int InListener(Endpoint endpoint, SocketSettings settings, int level, int option)
    {
        using var listener = Open(endpoint, settings);
        return Read(listener.Socket, level, option);
    }

    private static int InAccepted(
        SocketSettings settings, int level, int option, Endpoint? endpoint = null, IPAddress? address = null)
    {
        using var listener = Open(endpoint ?? Any4, settings);
        using var client = Connect(listener, address ?? IPAddress.Loopback);
        Assert.Equal(AcceptOutcome.Accepted, listener.TryAccept(out var arrival));
        var value = Read(arrival.Socket, level, option);
        _ = Libc.close(arrival.Socket);
        return value;
    }

    private static Listener Open(Endpoint endpoint, SocketSettings settings)
    {
        var result = Doorway.Open(endpoint, 16, settings, InheritedSockets.None);
        Assert.SkipWhen(result is ListenResult.Failed { Why: var why } && why.Contains("family", StringComparison.Ordinal), "no IPv6");
        return Assert.IsType<ListenResult.Opened>(result).Listener;
    }

    private static Socket Connect(Listener listener, IPAddress address)
    {
        var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(address, listener.Bound.Port);
        return client;
    }

    private static string Congestion(Listener listener)
    {
        Span<byte> name = stackalloc byte[16];
        var length = (uint)name.Length;
        Assert.Equal(0, Libc.getsockopt(listener.Socket, Libc.IPPROTO_TCP, Libc.TCP_CONGESTION, ref name[0], ref length));
        return System.Text.Encoding.ASCII.GetString(name[..(int)length]).TrimEnd('\0');
    }

    private static int Read(int socket, int level, int option)
    {
        var value = -1;
        var length = (uint)sizeof(int);
        Assert.Equal(0, Libc.getsockopt(socket, level, option, ref value, ref length));
        return value;
    }
}
