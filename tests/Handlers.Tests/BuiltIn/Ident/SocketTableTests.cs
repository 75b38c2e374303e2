using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.BuiltIn.Ident;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Ident;

/// <summary>Whose a connection is, asked of this machine's kernel and read out of its table.</summary>
public sealed class SocketTableTests
{
    private static readonly Owner _us = new Owner.Somebody(Posix.geteuid());

    public static TheoryData<string> Loopbacks => ["127.0.0.1", "::1"];

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void The_kernel_and_its_table_know_both_ends_of_a_connection(string address)
    {
        using var listener = Sockets.Listener(new IPEndPoint(IPAddress.Parse(address), 0));
        var (client, accepted) = Sockets.Pair(listener);
        var (here, there) = ((IPEndPoint)accepted.LocalEndPoint!, (IPEndPoint)accepted.RemoteEndPoint!);

        Assert.Equal([_us, _us], [SocketTable.Find(here, there), SocketTable.Find(there, here)]);
        Assert.Equal([_us, _us], [ProcTable.Find(here, there), ProcTable.Find(there, here)]);
        client.Dispose();
        accepted.Dispose();
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void A_port_that_only_listens_and_one_that_is_closed_are_nobody_s(string address)
    {
        using var listener = Sockets.Listener(new IPEndPoint(IPAddress.Parse(address), 0));
        var (client, accepted) = Sockets.Pair(listener);
        var (here, there) = ((IPEndPoint)accepted.LocalEndPoint!, (IPEndPoint)accepted.RemoteEndPoint!);
        var elsewhere = new IPEndPoint(there.Address, there.Port == 1 ? 2 : there.Port - 1);
        client.Dispose();
        accepted.Dispose();     // the kernel remembers it for a minute

        Assert.All([elsewhere, there], other =>
        {
            Assert.IsType<Owner.Nobody>(SocketTable.Find(here, other));
            Assert.IsType<Owner.Nobody>(ProcTable.Find(here, other));
        });
    }

    [Fact]
    public void A_client_with_IPv4_of_a_socket_for_both_is_found()
    {
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen();
        using var client = Sockets.Connected(new IPEndPoint(IPAddress.Loopback, Sockets.Port(listener)));
        using var accepted = listener.Accept();
        var (here, there) = (new IPEndPoint(IPAddress.Loopback, Sockets.Port(listener)), (IPEndPoint)client.LocalEndPoint!);

        Assert.Equal(_us, SocketTable.Find(here, there));
        Assert.Equal(_us, ProcTable.Find(here, there));
    }

    [Fact]
    public void A_line_of_the_table_is_read_as_the_kernel_writes_it()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1",
            "   1: 010200C0:0016 070200C0:C738 06 00000000:00000000 00:00000000 00000000     0        0 0 3",
            "   2: 010200C0:0016 070200C0:C739 01 00000000:00000000 00:00000000 00000000  1000        0 2 1",
        ];

        Assert.Equal(new Owner.Somebody(1000), ProcTable.Find(lines, IPEndPoint.Parse("192.0.2.1:22"), IPEndPoint.Parse("192.0.2.7:51001")));
        Assert.IsType<Owner.Nobody>(ProcTable.Find(lines, IPEndPoint.Parse("192.0.2.1:22"), IPEndPoint.Parse("192.0.2.7:51000")));
    }
}
