using System.Net;
using System.Net.Sockets;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Tests.Accepting;

public sealed class ListenerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;

    [Fact]
    public void A_client_is_accepted_with_the_address_it_comes_from_and_the_one_it_came_to()
    {
        using var listener = Open(Tcp(IPAddress.Any));
        using var client = Connect(new IPEndPoint(IPAddress.Loopback, listener.Bound.Port));

        Assert.Equal(AcceptOutcome.Accepted, listener.TryAccept(out var arrival));

        Assert.Equal(client.LocalEndPoint!.ToString(), arrival.Peer.ToString());
        Assert.Equal(client.RemoteEndPoint!.ToString(), arrival.Local.ToString());
        _ = Libc.close(arrival.Socket);
    }

    [Fact]
    public void A_client_that_has_reset_before_accept_still_has_its_address()
    {
        using var listener = Open(Tcp(IPAddress.Loopback));
        var client = Connect(new IPEndPoint(IPAddress.Loopback, listener.Bound.Port));
        var address = client.LocalEndPoint!.ToString();
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();

        Assert.Equal(AcceptOutcome.Accepted, listener.TryAccept(out var arrival));

        Assert.Equal(address, arrival.Peer.ToString());
        _ = Libc.close(arrival.Socket);
    }

    [Fact]
    public void An_empty_backlog_says_so_instead_of_blocking()
    {
        using var listener = Open(Tcp(IPAddress.Loopback));
        listener.SetBlocking(false);

        Assert.Equal(AcceptOutcome.NothingWaiting, listener.TryAccept(out _));
        Assert.False(listener.HasVisitors());
    }

    [Fact]
    public void Both_families_can_have_the_same_port()
    {
        using var first = Open(Tcp(IPAddress.Any));
        var second = Doorway.Open(
            new Endpoint { Transport = Transport.Tcp, Address = new IPEndPoint(IPAddress.IPv6Any, first.Bound.Port) }, backlog: 16, new SocketSettings(), InheritedSockets.None);

        Assert.IsType<ListenResult.Opened>(second).Listener.Dispose();
    }

    [Fact]
    public void A_taken_port_names_who_has_it()
    {
        using var first = Open(Tcp(IPAddress.Loopback));
        var taken = Tcp(IPAddress.Loopback) with { Address = new IPEndPoint(IPAddress.Loopback, first.Bound.Port) };

        var failed = Assert.IsType<ListenResult.Failed>(Doorway.Open(taken, backlog: 16, new SocketSettings(), InheritedSockets.None));

        Assert.Contains($"pid {Environment.ProcessId}", failed.Why, StringComparison.Ordinal);
        Assert.False(failed.MayHeal);
    }

    [Fact]
    public void An_address_that_is_not_there_may_come()
    {
        var elsewhere = Tcp(IPAddress.Parse("192.0.2.1"));

        Assert.True(Assert.IsType<ListenResult.Failed>(Doorway.Open(elsewhere, backlog: 16, new SocketSettings(), InheritedSockets.None)).MayHeal);
        Assert.IsType<ListenResult.NotOnThisHost>(Doorway.Open(elsewhere with { MayBeMissing = true }, backlog: 16, new SocketSettings(), InheritedSockets.None));
    }

    [Fact]
    public void A_Unix_client_comes_with_its_credentials()
    {
        var path = Path.Combine(_folder, "socket");
        using var listener = Open(Unix(path));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));

        Assert.Equal(AcceptOutcome.Accepted, listener.TryAccept(out var arrival));

        Assert.Equal(Environment.ProcessId, arrival.Peer.Credentials.pid);
        Assert.Equal(Libc.geteuid(), arrival.Peer.Credentials.uid);
        _ = Libc.close(arrival.Socket);
    }

    [Fact]
    public void A_Unix_socket_leaves_no_file_behind()
    {
        var path = Path.Combine(_folder, "socket");

        Open(Unix(path)).Dispose();

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_socket_file_that_a_killed_daemon_left_is_taken_over()
    {
        var path = Path.Combine(_folder, "socket");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".kept");    // .NET removes the file that it has bound
        }

        File.Move(path + ".kept", path);

        using var listener = Open(Unix(path));
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_socket_that_somebody_listens_on_is_left_alone()
    {
        var path = Path.Combine(_folder, "socket");
        using var first = Open(Unix(path));

        Assert.IsType<ListenResult.Failed>(Doorway.Open(Unix(path), backlog: 16, new SocketSettings(), InheritedSockets.None));
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_file_that_is_no_socket_is_never_removed()
    {
        var path = Path.Combine(_folder, "precious");
        File.WriteAllText(path, "data");

        Assert.IsType<ListenResult.Failed>(Doorway.Open(Unix(path), backlog: 16, new SocketSettings(), InheritedSockets.None));

        Assert.Equal("data", File.ReadAllText(path));
    }

    [Fact]
    public void The_file_of_another_socket_at_the_same_path_is_not_ours_to_remove()
    {
        var path = Path.Combine(_folder, "socket");
        var ours = Open(Unix(path));
        File.Delete(path);
        using var theirs = Open(Unix(path));

        ours.Dispose();

        Assert.True(File.Exists(path));
    }

    [Fact]
    public void What_waits_in_a_datagram_socket_is_seen_without_reading_it()
    {
        var endpoint = new Endpoint { Transport = Transport.Udp, Address = new IPEndPoint(IPAddress.Loopback, 0) };
        using var listener = Open(endpoint);
        using var client = new UdpClient();
        Assert.Equal(0u, listener.WaitingBytes());

        client.Send([1, 2, 3], new IPEndPoint(IPAddress.Loopback, listener.Bound.Port));

        Assert.True(SpinWait.SpinUntil(listener.HasVisitors, TimeSpan.FromSeconds(5)));
        Assert.NotEqual(0u, listener.WaitingBytes());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Endpoint Tcp(IPAddress address) => new() { Transport = Transport.Tcp, Address = new IPEndPoint(address, 0) };

    private static Endpoint Unix(string path) => new() { Transport = Transport.Unix, Path = path };

    private static Listener Open(Endpoint endpoint) =>
        Assert.IsType<ListenResult.Opened>(Doorway.Open(endpoint, backlog: 16, new SocketSettings(), InheritedSockets.None)).Listener;

    private static Socket Connect(IPEndPoint address)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(address);
        return client;
    }
}
