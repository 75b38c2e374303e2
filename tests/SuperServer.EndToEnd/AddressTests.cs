using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Where a service can be found: families, names of ports, Unix sockets.</summary>
public sealed class AddressTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_can_listen_on_several_addresses(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.cat]
            listen = ["tcp:127.0.0.1:0", "tcp:[::1]:0"]
            exec = ["/bin/cat"]
            """);

        Assert.Equal(2, daemon.Endpoints("cat").Count);
        foreach (var endpoint in daemon.Endpoints("cat"))
        {
            Assert.Equal(endpoint, await Client.Ask(IPEndPoint.Parse(endpoint), endpoint));
        }
    }

    [Fact]
    public async Task Tcp_without_an_address_opens_both_families_and_names_a_port_of_services_5()
    {
        // Only in a network namespace of its own may a test listen on every address and on port 23.
        await using var daemon = await RunningDaemon.Start(Who.Root, """
            [service.somewhere]
            listen = "tcp:telnet"
            exec = ["/bin/cat"]
            """);

        Assert.Equal(["0.0.0.0:23", "[::]:23"], daemon.Endpoints("somewhere").Order(StringComparer.Ordinal));
        Assert.Equal("v4", await Client.Ask(new IPEndPoint(IPAddress.Loopback, 23), "v4"));
        Assert.Equal("v6", await Client.Ask(new IPEndPoint(IPAddress.IPv6Loopback, 23), "v6"));
    }

    [Fact]
    public async Task Without_listen_a_service_is_where_services_5_says()
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, """
            [service.finger]
            exec = ["/bin/cat"]
            """);

        Assert.Equal("hello", await Client.Ask(new IPEndPoint(IPAddress.Loopback, 79), "hello"));
    }

    [Fact]
    public async Task A_peer_that_comes_by_IPv4_is_never_shown_as_a_mapped_address()
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, """
            [service.somewhere]
            listen = "tcp:4023"
            exec = ["/usr/bin/printenv", "TCPREMOTEIP"]
            """);

        Assert.Equal("127.0.0.1\n", await Client.Hear(new IPEndPoint(IPAddress.Loopback, 4023)));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_datagram_service_on_IPv6(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.receiver]
            listen = "udp:[::1]:0"
            {DatagramServer.Exec(1, "'got ' . $text")}
            """);
        using var client = new DatagramClient(daemon.Address("receiver", "udp"));

        Assert.Equal("got it", await client.Ask("it"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_unix_stream_socket(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.cat]
            listen = "unix:{folder.At("cat.sock")}"
            exec = ["/bin/cat"]
            """);

        Assert.Equal("hello", await Client.Ask(new UnixDomainSocketEndPoint(folder.At("cat.sock")), "hello"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_unix_datagram_socket(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $$"""
            [service.receiver]
            listen = "unix-dgram:{{folder.At("receiver.sock")}}"
            exec = ["/usr/bin/perl", "-e", "recv(STDIN, my $text, 100, 0); print STDERR \"got $text\\n\""]
            stderr = "log"
            """);
        using var client = new DatagramClient(new UnixDomainSocketEndPoint(folder.At("receiver.sock")));

        client.Send("a poke");

        Assert.Equal("got a poke", (await daemon.Log.WaitFor(Said.Says, "receiver"))["Line"]);
    }
}
