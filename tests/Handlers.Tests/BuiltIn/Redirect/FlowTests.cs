using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Redirect;

/// <summary>Datagrams redirected by a process of its own.</summary>
public sealed class FlowTests : IDisposable
{
    private static readonly IPEndPoint _anyPort = new(IPAddress.Loopback, 0);

    private readonly Socket _target = Sockets.Datagram(_anyPort);
    private readonly List<IDisposable> _ours = [];

    private string Target => $"udp:127.0.0.1:{Sockets.Port(_target)}";

    [Fact]
    public void Each_peer_gets_its_own_answers()
    {
        var (service, handler) = Start($$"""{"to":"{{Target}}","idle_timeout":"300ms","idle":"1ms"}""");
        using var one = Sockets.Datagram(_anyPort);
        using var other = Sockets.Datagram(_anyPort);
        one.SendTo("one"u8, service);
        other.SendTo("other"u8, service);

        Assert.Equal(new HashSet<string> { "one", "other" }, [AnswerTwice(), AnswerTwice()]);

        Assert.Equal(["one!", "one!"], [Hear(one), Hear(one)]);
        Assert.Equal(["other!", "other!"], [Hear(other), Hear(other)]);
        Assert.Equal(0, handler.WaitForEnd());
        Assert.Contains(
            $"<6>{one.LocalEndPoint} to {Target}: 3 bytes in 1 datagrams in, 8 bytes in 2 datagrams out, ",
            handler.Complaints,
            StringComparison.Ordinal);
        Assert.EndsWith(" s: silent\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1472)]
    [InlineData(65507)]
    public void A_datagram_stays_one(int length)
    {
        var (service, _) = Start($$"""{"to":"{{Target}}"}""");
        using var client = Sockets.Datagram(_anyPort);
        var sent = new byte[length];
        Random.Shared.NextBytes(sent);
        client.SendTo(sent, service);

        var buffer = new byte[70_000];
        EndPoint from = _anyPort;
        var got = _target.ReceiveFrom(buffer, ref from);
        Assert.Equal(sent, buffer[..got]);
        _target.SendTo(buffer.AsSpan(0, got), from);

        Assert.Equal(sent, buffer[..client.Receive(buffer)]);
    }

    [Fact]
    public void A_target_that_refuses_is_followed_by_the_next_which_gets_what_was_asked()
    {
        var (service, _) = Start($$"""{"to":["udp:127.0.0.1:{{ClosedPort()}}","{{Target}}"]}""");
        using var client = Sockets.Datagram(_anyPort);
        client.SendTo("hello"u8, service);

        Assert.Equal("hello", AnswerTwice());
        Assert.Equal("hello!", Hear(client));
    }

    [Fact]
    public void When_no_target_is_left_the_flow_ends_and_the_next_datagram_begins_another()
    {
        var (service, handler) = Start($$"""{"to":"udp:127.0.0.1:{{ClosedPort()}}","idle":"200ms"}""");
        using var client = Sockets.Datagram(_anyPort);
        client.SendTo("hello"u8, service);
        client.SendTo("hello"u8, service);

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Contains(" s: no target answers\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_is_looked_up()
    {
        var (service, _) = Start($$"""{"to":"udp:localhost:{{Sockets.Port(_target)}}"}""");
        using var client = Sockets.Datagram(_anyPort);
        client.SendTo("hello"u8, service);

        Assert.Equal("hello", AnswerTwice());
        Assert.Equal("hello!", Hear(client));
    }

    [Fact]
    public void When_there_are_too_many_the_most_silent_makes_room()
    {
        var (service, handler) = Start($$"""{"to":"{{Target}}","max_flows":2}""");
        using var first = Sockets.Datagram(_anyPort);
        using var second = Sockets.Datagram(_anyPort);
        using var third = Sockets.Datagram(_anyPort);
        foreach (var (client, text) in (List<(Socket, string)>)[(first, "1"), (second, "2"), (first, "3"), (third, "4")])
        {
            client.SendTo(Encoding.ASCII.GetBytes(text), service);
            Assert.Equal(text, AnswerTwice());
            Assert.Equal([$"{text}!", $"{text}!"], [Hear(client), Hear(client)]);
        }

        handler.Terminate();
        Assert.Equal(0, handler.WaitForEnd());
        Assert.Matches(
            $"^<6>{second.LocalEndPoint} to .*: made room for another\n"
            + $"<6>{first.LocalEndPoint} to .*: stopped\n<6>{third.LocalEndPoint} to .*: stopped\n$",
            handler.Complaints);
    }

    [Fact]
    public void With_one_peer_it_leaves_when_that_has_been_silent()
    {
        var service = Sockets.Datagram(_anyPort);
        using var client = Sockets.Datagram(_anyPort);
        client.Connect(service.LocalEndPoint!);
        service.Connect(client.LocalEndPoint!);
        client.Send("hello"u8);
        var handler = HandlerProcess.Start(
            "redirect", service, ("SUPERSERVER_OPTIONS", $$"""{"to":"{{Target}}","idle_timeout":"200ms","idle":"1h"}"""));
        _ours.AddRange([service, handler]);

        Assert.Equal("hello", AnswerTwice());
        Assert.Equal("hello!", Hear(client));
        Assert.Equal(0, handler.WaitForEnd());
    }

    public void Dispose()
    {
        _ours.ForEach(one => one.Dispose());
        _target.Dispose();
    }

    private (EndPoint Service, HandlerProcess Handler) Start(string options)
    {
        var socket = Sockets.Datagram(_anyPort);
        var handler = HandlerProcess.Start("redirect", socket, ("SUPERSERVER_OPTIONS", options));
        _ours.AddRange([socket, handler]);
        return (socket.LocalEndPoint!, handler);
    }

    private string AnswerTwice()
    {
        var buffer = new byte[1000];
        EndPoint from = _anyPort;
        var text = Encoding.ASCII.GetString(buffer, 0, _target.ReceiveFrom(buffer, ref from));
        _target.SendTo(Encoding.ASCII.GetBytes(text + "!"), from);
        _target.SendTo(Encoding.ASCII.GetBytes(text + "!"), from);
        return text;
    }

    private static string Hear(Socket client)
    {
        var buffer = new byte[1000];
        return Encoding.ASCII.GetString(buffer, 0, client.Receive(buffer));
    }

    private static int ClosedPort()
    {
        using var socket = Sockets.Datagram(_anyPort);
        return Sockets.Port(socket);
    }
}
