using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn;

/// <summary>The small services as processes that own a datagram socket.</summary>
public sealed class DatagramTests
{
    private static readonly IPEndPoint _anyPort = new(IPAddress.Loopback, 0);

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(1472)]
    [InlineData(65507)]
    public void Echo_sends_back_the_datagram(int length)
    {
        using var service = new Service("echo", _anyPort);
        using var client = Sockets.Datagram(_anyPort);
        var sent = new byte[length];
        Random.Shared.NextBytes(sent);

        Assert.Equal(sent, service.Ask(client, sent));
    }

    [Fact]
    public void Discard_never_answers()
    {
        using var service = new Service("discard", _anyPort);
        using var client = Sockets.Datagram(_anyPort);

        client.SendTo("hello"u8, service.Address);

        Assert.Equal(0, service.WaitForEnd());
        Assert.Equal(0, client.Available);
    }

    [Fact]
    public void Chargen_answers_with_a_line_and_never_with_more_than_it_got()
    {
        using var service = new Service("chargen", _anyPort);
        using var client = Sockets.Datagram(_anyPort);

        Assert.Equal(FormatTests.Line(0), Encoding.ASCII.GetString(service.Ask(client, new byte[1000])));
        Assert.Single(service.Ask(client, new byte[1]));
        Assert.Empty(service.Ask(client, []));
    }

    [Fact]
    public void Daytime_and_time_answer_whatever_they_are_asked()
    {
        using var daytime = new Service("daytime", _anyPort);
        using var time = new Service("time", _anyPort);
        using var client = Sockets.Datagram(_anyPort);

        Assert.Equal(26, daytime.Ask(client, []).Length);
        var seconds = BinaryPrimitives.ReadUInt32BigEndian(time.Ask(client, new byte[100]));
        Assert.InRange(seconds - 2_208_988_800, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.7.7.7")]
    public void The_answer_comes_from_the_address_that_was_asked(string asked)
    {
        using var service = new Service("echo", new IPEndPoint(IPAddress.Any, 0));
        using var client = Sockets.Datagram(_anyPort);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);

        client.SendTo("x"u8, new IPEndPoint(IPAddress.Parse(asked), service.Port));
        _ = client.ReceiveFrom(new byte[9], ref from);

        Assert.Equal(new IPEndPoint(IPAddress.Parse(asked), service.Port), from);
    }

    [Fact]
    public void It_serves_IPv6_and_IPv4_through_an_IPv6_socket()
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        using var service = new Service("echo", socket);
        using var four = Sockets.Datagram(_anyPort);
        using var six = Sockets.Datagram(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);

        six.SendTo("six"u8, new IPEndPoint(IPAddress.IPv6Loopback, service.Port));
        Assert.Equal("six"u8, six.ReadExactly(3));
        four.SendTo("four"u8, new IPEndPoint(IPAddress.Parse("127.7.7.7"), service.Port));
        _ = four.ReceiveFrom(new byte[9], ref from);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("127.7.7.7"), service.Port), from);
    }

    [Theory]
    [InlineData("echo", 19)]
    [InlineData("echo", 1023)]
    [InlineData("chargen", 7)]
    [InlineData("daytime", 13)]
    [InlineData("time", 37)]
    public void A_source_port_that_might_answer_back_gets_no_answer(string name, int port)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to send from a low port");
        using var service = new Service(name, _anyPort);
        using var forged = Sockets.Datagram(new IPEndPoint(IPAddress.Parse("127.0.0.19"), port));
        using var client = Sockets.Datagram(_anyPort);

        forged.SendTo("x"u8, service.Address);
        _ = service.Ask(client, "x"u8.ToArray());   // comes after it, so an answer to it would be there by now

        Assert.Equal(0, forged.Available);
    }

    [Fact]
    public void A_twin_on_the_same_port_gets_no_answer()
    {
        using var service = new Service("echo", _anyPort);
        using var twin = Sockets.Datagram(new IPEndPoint(IPAddress.Parse("127.0.0.2"), service.Port));
        using var client = Sockets.Datagram(_anyPort);

        twin.SendTo("x"u8, service.Address);
        _ = service.Ask(client, "x"u8.ToArray());

        Assert.Equal(0, twin.Available);
    }

    [Fact]
    public void What_was_sent_to_everybody_gets_no_answer()
    {
        using var service = new Service("echo", new IPEndPoint(IPAddress.Any, 0));
        using var shouting = Sockets.Datagram(_anyPort);
        shouting.EnableBroadcast = true;
        using var client = Sockets.Datagram(_anyPort);

        _ = service.Ask(client, "x"u8.ToArray());
        shouting.SendTo("x"u8, new IPEndPoint(IPAddress.Parse("127.255.255.255"), service.Port));
        _ = service.Ask(client, "x"u8.ToArray());

        Assert.Equal(0, shouting.Available);
    }

    [Fact]
    public void What_waited_before_the_start_is_answered_from_the_address_that_was_asked_and_not_at_all_when_that_was_everybody()
    {
        using var socket = Sockets.Datagram(new IPEndPoint(IPAddress.Any, 0));
        using var shouting = Sockets.Datagram(_anyPort);
        using var client = Sockets.Datagram(_anyPort);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        shouting.EnableBroadcast = true;
        shouting.SendTo("x"u8, new IPEndPoint(IPAddress.Parse("127.255.255.255"), Sockets.Port(socket)));
        client.SendTo("x"u8, new IPEndPoint(IPAddress.Parse("127.7.7.7"), Sockets.Port(socket)));

        using var service = new Service("echo", socket);

        _ = client.ReceiveFrom(new byte[9], ref from);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("127.7.7.7"), service.Port), from);
        Assert.Equal(0, shouting.Available);
    }

    [Fact]
    public void It_serves_unix_datagrams_and_senders_without_a_name_do_no_harm()
    {
        using var folder = new Folder();
        using var service = new Service("echo", new UnixDomainSocketEndPoint(folder.In("echo")));
        using var nameless = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        using var client = Sockets.Datagram(new UnixDomainSocketEndPoint(folder.In("client")));

        nameless.SendTo("x"u8, service.Address);
        client.SendTo("hello"u8, service.Address);

        Assert.Equal("hello"u8, client.ReadExactly(5));
    }

    [Fact]
    public void It_leaves_when_nothing_has_come_for_a_while()
    {
        using var service = new Service("echo", _anyPort, idle: "100ms");
        using var client = Sockets.Datagram(_anyPort);

        Assert.Equal("x"u8, service.Ask(client, "x"u8.ToArray()));

        Assert.Equal(0, service.WaitForEnd());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void On_a_socket_that_is_connected_to_one_peer_it_answers_that_peer(string address)
    {
        using var client = Sockets.Datagram(new IPEndPoint(IPAddress.Parse(address), 0));
        using var service = Connected(client, "30s");

        client.SendTo("hello"u8, service.Address);
        var answer = new byte[9];

        Assert.Equal("hello", Encoding.ASCII.GetString(answer, 0, client.Receive(answer)));
    }

    [Fact]
    public void A_peer_that_is_gone_is_not_waited_for()
    {
        var client = Sockets.Datagram(_anyPort);
        using var service = Connected(client, "1h");
        client.SendTo("hello"u8, service.Address);
        client.Dispose();       // the answer to it comes back as refused, sooner or later

        Assert.Equal(0, service.WaitForEnd());
    }

    private static Service Connected(Socket client, string idle)
    {
        var socket = Sockets.Datagram(new IPEndPoint(((IPEndPoint)client.LocalEndPoint!).Address, 0));
        socket.Connect(client.LocalEndPoint!);
        return new Service("echo", socket, idle);
    }

    private sealed class Service : IDisposable
    {
        private readonly Socket _socket;
        private readonly HandlerProcess _process;

        public Service(string name, EndPoint at, string idle = "2s")
            : this(name, Sockets.Datagram(at), idle)
        {
        }

        public Service(string name, Socket socket, string idle = "2s")
        {
            _socket = socket;
            _process = HandlerProcess.Start(name, socket, ("SUPERSERVER_OPTIONS", $$"""{"idle":"{{idle}}"}"""));
        }

        public EndPoint Address => _socket.LocalEndPoint!;

        public int Port => Sockets.Port(_socket);

        public byte[] Ask(Socket client, byte[] question)
        {
            client.SendTo(question, new IPEndPoint(IPAddress.Loopback, Port));
            var answer = new byte[70_000];
            return answer[..client.Receive(answer)];
        }

        public int WaitForEnd() => _process.WaitForEnd();

        public void Dispose()
        {
            _process.Dispose();
            _socket.Dispose();
        }
    }
}
