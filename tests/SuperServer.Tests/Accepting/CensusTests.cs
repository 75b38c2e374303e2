using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Accepting;

/// <summary>Whose datagrams wait, without reading one; and which socket gets the next ones.</summary>
public sealed class CensusTests : IDisposable
{
    private readonly List<IDisposable> _open = [];

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void The_first_sender_and_the_address_that_it_asked_are_seen_and_its_datagram_stays(string address)
    {
        var listener = Open(address);
        var client = Client(listener, "hello");

        var sender = listener.FirstSender(out var length)!.Value;

        Assert.Equal((5, client.LocalEndPoint!.ToString()), (length, sender.Name.ToString()));
        Assert.Equal(address, sender.Asked.ToString());
        Assert.Equal("hello", ReadFrom(listener));
    }

    [Fact]
    public void An_empty_socket_has_no_sender() => Assert.Null(Open("127.0.0.1").FirstSender(out _));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_wildcard_socket_knows_which_address_was_asked(string address)
    {
        var listener = Open(address == "::1" ? "::" : "0.0.0.0");
        ClientOf(listener, "x", to: address);

        Assert.Equal(address, listener.FirstSender(out _)!.Value.Asked.ToString());
    }

    [Fact]
    public void Every_sender_is_found_also_behind_empty_datagrams()
    {
        var listener = Open("127.0.0.1");
        var one = Client(listener, "", "", "a");
        var other = Client(listener, "", "bb", "");
        Send(one, "a");

        var first = listener.FirstSender(out var length)!.Value;
        var census = new Census(listener, first, length);

        Assert.False(census.IsOnly(first));
        Assert.Equal(7, census.Count);
        Assert.Equal(
            [one.LocalEndPoint!.ToString(), other.LocalEndPoint!.ToString()],
            census.Senders.Select(sender => sender.Name.ToString()));
        Assert.Equal((6, first.Name), (census.BeforeLast, census.Last.Name));
    }

    [Fact]
    public void One_sender_alone_is_told_from_two_and_what_came_later_is_seen_by_the_second_look()
    {
        var listener = Open("127.0.0.1");
        Client(listener, "a", "b");
        var first = listener.FirstSender(out var length)!.Value;
        var census = new Census(listener, first, length);

        Assert.True(census.IsOnly(first));
        Client(listener, "c");
        Assert.False(census.IsOnly(first));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    public void After_the_handover_the_client_reaches_the_old_socket_and_others_the_new_one(string address)
    {
        var old = Open(address);
        var client = Client(old, "first");
        var sender = old.FirstSender(out _)!.Value;

        var successor = Keep(Assert.IsType<ListenResult.Opened>(old.OpenSuccessor(16)).Listener);
        var other = Client(old, "stranger");
        Assert.True(old.TryDedicateTo(sender));
        Send(client, "second");

        old.MakeOrdinary();
        Assert.Equal(("first", "second", "stranger"), (ReadFrom(old), ReadFrom(old), ReadFrom(successor)));
        Assert.False(old.HasVisitors());
        Assert.Equal(old.Bound.Port, successor.Bound.Port);
        _ = other;
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_socket_for_one_sender_gets_its_datagrams_only(string address)
    {
        var old = Open(address);
        var client = Client(old, "first");
        var sender = old.FirstSender(out _)!.Value;
        var successor = Keep(Assert.IsType<ListenResult.Opened>(old.OpenSuccessor(16)).Listener);

        var own = Keep(Assert.IsType<ListenResult.Opened>(Listener.OpenFor(successor, sender, 16)).Listener);
        Client(old, "stranger");
        Send(client, "second");

        Assert.Equal(("second", "stranger", "first"), (ReadFrom(own), ReadFrom(successor), ReadFrom(old)));
    }

    [Fact]
    public void A_parked_socket_gets_nothing_any_more()
    {
        var old = Open("0.0.0.0");
        var successor = Keep(Assert.IsType<ListenResult.Opened>(old.OpenSuccessor(16)).Listener);

        old.Park();
        Client(successor, "hello");

        Assert.Equal("hello", ReadFrom(successor));
        Assert.False(old.HasVisitors());
    }

    [Fact]
    public void A_route_that_would_answer_from_another_address_is_noticed()
    {
        var listener = Open("0.0.0.0");
        ClientOf(listener, "x", to: "127.0.0.5", from: "127.0.0.1");

        Assert.False(listener.TryDedicateTo(listener.FirstSender(out _)!.Value));
    }

    public void Dispose() => _open.ForEach(thing => thing.Dispose());

    private T Keep<T>(T thing)
        where T : IDisposable
    {
        _open.Add(thing);
        return thing;
    }

    private Listener Open(string address)
    {
        var endpoint = new Endpoint { Transport = Transport.Udp, Address = new IPEndPoint(IPAddress.Parse(address), 0) };
        return Keep(Assert.IsType<ListenResult.Opened>(Doorway.Open(
            endpoint, 16, new SocketSettings(), InheritedSockets.None, handsOver: true)).Listener);
    }

    private Socket Client(Listener listener, params string[] texts)
    {
        var bound = listener.Bound.Address.ToIPAddress();
        var to = bound.Equals(IPAddress.Any) ? IPAddress.Loopback
            : bound.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : bound;
        return Client(listener, texts, to, to);
    }

    private Socket ClientOf(Listener listener, string text, string to, string? from = null) =>
        Client(listener, [text], IPAddress.Parse(to), IPAddress.Parse(from ?? to));

    private Socket Client(Listener listener, string[] texts, IPAddress to, IPAddress from)
    {
        var client = Keep(new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        client.Bind(new IPEndPoint(from, 0));
        client.Connect(new IPEndPoint(to, listener.Bound.Port));
        foreach (var text in texts)
        {
            Send(client, text);
        }

        return client;
    }

    private static void Send(Socket client, string text) => client.Send(Encoding.ASCII.GetBytes(text));

    // The test is not the daemon: it may read.
    private static string ReadFrom(Listener listener)
    {
        using var socket = new Socket(new SafeSocketHandle(listener.Socket, ownsHandle: false));
        var buffer = new byte[100];
        Assert.True(socket.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead));
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }
}
