using System.Net;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Sdk;

public sealed class PeerTests
{
    private static readonly SocketName _known = new(Libc.AF_INET, IPAddress.Parse("192.0.2.1"), 4000, Mapped: false);

    [Fact]
    public void The_kernel_knows_best()
    {
        var client = Peer.Of(_known, Some.Environment(("TCPREMOTEIP", "192.0.2.9")));

        Assert.Equal(new Peer(_known.Address, 4000, Mapped: false, "getpeername"), client);
    }

    [Fact]
    public void Behind_a_proxy_the_kernel_knows_the_proxy_and_the_inetd_knows_the_client()
    {
        var environment = Some.Environment(
            ("PROXYREMOTEIP", "192.0.2.1"), ("TCPREMOTEIP", "203.0.113.7"), ("TCPREMOTEPORT", "4444"), ("TCPLOCALIP", "192.0.2.20"), ("TCPLOCALPORT", "23"));

        Assert.Equal(new Peer(IPAddress.Parse("203.0.113.7"), 4444, Mapped: false, "TCPREMOTEIP"), Peer.Of(_known, environment));
        Assert.Equal((IPAddress.Parse("192.0.2.20"), 23), Peer.TargetOf(_known, environment));
    }

    [Theory]
    [InlineData("TCP", "203.0.113.7")]
    [InlineData("IPC", null)]
    public void Behind_TLS_a_Unix_socket_leads_to_a_client_of_the_Internet(string protocol, string? address)
    {
        var socket = new SocketName(Libc.AF_UNIX, null, null, Mapped: false);
        var environment = Some.Environment(("PROTO", protocol), ("TCPREMOTEIP", "203.0.113.7"), ("TCPLOCALIP", "192.0.2.20"), ("TCPLOCALPORT", "443"));

        Assert.Equal(address, Peer.Of(socket, environment).Address?.ToString());
        Assert.Equal(address is null ? null : 443, Peer.TargetOf(socket, environment).Port);
    }

    [Theory]
    [InlineData("SUPERSERVER_REMOTE_ADDR", "SUPERSERVER_REMOTE_PORT")]
    [InlineData("REMOTE_ADDR", "REMOTE_PORT")]
    [InlineData("TCPREMOTEIP", "TCPREMOTEPORT")]
    [InlineData("REMOTE_HOST", "REMOTE_PORT")]
    public void When_the_kernel_has_forgotten_the_inetd_knows(string address, string port)
    {
        var client = Peer.Of(null, Some.Environment((address, "::ffff:192.0.2.7"), (port, "4711")));

        Assert.Equal(new Peer(IPAddress.Parse("192.0.2.7"), 4711, Mapped: true, address), client);
    }

    [Fact]
    public void The_variables_are_asked_in_the_order_of_their_trust()
    {
        List<string> asked = [];

        _ = Peer.Of(null, name =>
        {
            asked.Add(name);
            return null;
        });

        Assert.Equal(["SUPERSERVER_REMOTE_ADDR", "REMOTE_ADDR", "TCPREMOTEIP", "UDPREMOTEIP", "REMOTE_HOST"], asked);
    }

    [Theory]
    [InlineData("scanner.example.net")]
    [InlineData("")]
    [InlineData("192.0.2.7\n")]
    [InlineData("<script>")]
    public void What_is_not_an_address_is_nothing(string text) =>
        Assert.Equal(new Peer(null, null, Mapped: false, "lost"), Peer.Of(null, Some.Environment(("REMOTE_HOST", text))));

    [Theory]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData(" 7")]
    [InlineData("")]
    public void What_is_not_a_port_is_none(string port) =>
        Assert.Null(Peer.Of(null, Some.Environment(("TCPREMOTEIP", "192.0.2.7"), ("TCPREMOTEPORT", port))).Port);

    [Fact]
    public void On_a_unix_socket_nobody_is_lost() =>
        Assert.Equal("unix", Peer.Of(new SocketName(Libc.AF_UNIX, null, null, Mapped: false), Some.Environment()).LearntFrom);

    [Fact]
    public void Where_it_came_to_is_known_by_the_kernel_or_told_by_the_inetd()
    {
        var environment = Some.Environment(("TCPLOCALIP", "192.0.2.20"), ("TCPLOCALPORT", "23"));

        Assert.Equal((_known.Address, 4000), Peer.TargetOf(_known, environment));
        Assert.Equal((IPAddress.Parse("192.0.2.20"), 23), Peer.TargetOf(null, environment));
        Assert.Equal((null, null), Peer.TargetOf(null, Some.Environment()));
    }
}
