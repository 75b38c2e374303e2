using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Redirect;

/// <summary>Connections redirected by a process of its own, with real clients and real targets on both sides of it.</summary>
public sealed class RelayTests : IDisposable
{
    private readonly Socket _target = Sockets.Listener();
    private readonly List<IDisposable> _ours = [];

    private string Target => $"tcp:127.0.0.1:{Sockets.Port(_target)}";

    [Fact]
    public async Task Every_byte_arrives_in_both_directions_at_once_and_each_direction_ends_by_itself()
    {
        var (client, handler) = Start($$"""{"to":"{{Target}}"}""");
        using var server = Accepted();
        var (question, answer) = (Noise(8_000_000), Noise(7_000_000));
        var sending = Beside(() => Say(client, question));
        var answering = Beside(() => Say(server, answer));
        byte[] heard = [];
        var hearing = Beside(() => heard = server.ReadToEnd());

        Assert.Equal(SHA256.HashData(answer), SHA256.HashData(client.ReadToEnd()));

        await Task.WhenAll(sending, answering, hearing);
        Assert.Equal(SHA256.HashData(question), SHA256.HashData(heard));
        Assert.Equal(0, handler.WaitForEnd());
        Assert.Matches(
            $@"^<6>127\.0\.0\.1:{Sockets.Port(client)} to {Target}: 8000000 bytes in, 7000000 out, \d+(\.\d+)? s: done\n$", handler.Complaints);
    }

    [Fact]
    public void A_client_that_has_said_everything_still_hears_the_answer()
    {
        var (client, handler) = Start($$"""{"to":"{{Target}}"}""");
        using var server = Accepted();
        Say(client, "question"u8.ToArray());

        Assert.Equal("question", server.ReadTextToEnd());
        Assert.Equal(0, client.Available);
        Say(server, "answer"u8.ToArray());

        Assert.Equal("answer", client.ReadTextToEnd());
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void A_target_that_has_said_everything_still_hears_the_client()
    {
        var (client, handler) = Start($$"""{"to":"{{Target}}"}""");
        using var server = Accepted();
        Say(server, "banner"u8.ToArray());

        Assert.Equal("banner", client.ReadTextToEnd());
        Say(client, "more"u8.ToArray());

        Assert.Equal("more", server.ReadTextToEnd());
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void A_target_that_does_not_read_slows_the_client_down_and_costs_no_memory_and_no_time()
    {
        var (client, handler) = Start($$"""{"to":"{{Target}}"}""");
        using var server = Accepted();
        client.Blocking = false;
        var sent = SayWhatFits(client);

        var before = handler.ProcessorTicks();
        Thread.Sleep(200);
        Assert.InRange(handler.ProcessorTicks() - before, 0, 3);

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(sent, server.ReadToEnd().Length);
        server.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void A_target_that_refuses_is_followed_by_the_next_and_when_none_is_left_the_client_is_reset()
    {
        var closed = ClosedPort();
        var (client, handler) = Start($$"""{"to":["tcp:127.0.0.1:{{closed}}","{{Target}}"]}""");
        using var server = Accepted();
        Say(server, "second"u8.ToArray());
        Assert.Equal("second", client.ReadTextToEnd());
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());

        var (lost, helpless) = Start($$"""{"to":["tcp:127.0.0.1:{{closed}}","unix:/nonexistent/socket"]}""");

        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => lost.Receive(new byte[1])).SocketErrorCode);
        Assert.Equal(75, helpless.WaitForEnd());
        Assert.Equal(
            $"<4>{lost.LocalEndPoint} is not connected: tcp:127.0.0.1:{closed}: Connection refused; "
            + "unix:/nonexistent/socket: No such file or directory\n",
            helpless.Complaints);
    }

    [Fact]
    public void A_target_that_does_not_answer_in_time_is_followed_by_the_next()
    {
        using var full = FullListener();
        var (client, handler) = Start($$"""{"to":["tcp:127.0.0.1:{{Sockets.Port(full)}}","{{Target}}"],"connect_timeout":"200ms"}""");
        using var server = Accepted();
        Say(server, "second"u8.ToArray());

        Assert.Equal("second", client.ReadTextToEnd());
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void A_host_is_looked_up_and_all_of_its_addresses_are_tried()
    {
        using var narrow = Sockets.Listener(new IPEndPoint(IPAddress.Loopback, 0));     // localhost is ::1 first, where nobody listens
        var (client, handler) = Start($$"""{"to":"tcp:localhost:{{Sockets.Port(narrow)}}"}""");
        using var server = narrow.Accept();
        Say(server, "found"u8.ToArray());

        Assert.Equal("found", client.ReadTextToEnd());
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
        Assert.Contains($" to tcp:localhost:{Sockets.Port(narrow)} (127.0.0.1): 0 bytes in, 5 out", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_without_an_address_is_said_to_be_one()
    {
        var (client, handler) = Start("""{"to":"tcp:nobody.invalid:22"}""");

        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
        Assert.Equal(75, handler.WaitForEnd());
        Assert.EndsWith("tcp:nobody.invalid:22: no address is known for the name\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_ends_silent_for_too_long_are_cut_off_and_one_that_speaks_keeps_both()
    {
        var (client, handler) = Start($$"""{"to":"{{Target}}","idle_timeout":"400ms"}""");
        using var server = Accepted();
        for (var i = 0; i < 6; i++)
        {
            client.Send("x"u8);
            Assert.Equal("x"u8, server.ReadExactly(1));
            Thread.Sleep(150);
        }

        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => server.Receive(new byte[1])).SocketErrorCode);
        Assert.Equal(0, handler.WaitForEnd());
        Assert.EndsWith(": both ends were silent for 0.4 s\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reset_is_passed_on_in_both_directions()
    {
        var (client, handler) = Start($$"""{"to":"{{Target}}"}""");
        using var server = Accepted();
        Reset(client);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => server.Receive(new byte[1])).SocketErrorCode);
        Assert.Equal(0, handler.WaitForEnd());
        Assert.EndsWith(": the client has reset\n", handler.Complaints, StringComparison.Ordinal);

        var (other, second) = Start($$"""{"to":"{{Target}}"}""");
        var reset = Accepted();
        other.Send("x"u8);
        Assert.Equal("x"u8, reset.ReadExactly(1));
        Reset(reset);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => other.Receive(new byte[1])).SocketErrorCode);
        Assert.Equal(0, second.WaitForEnd());
        Assert.EndsWith(": the target has reset\n", second.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_goes_while_both_ends_wait_to_be_heard_is_not_waited_for()
    {
        var (client, handler) = Start($$"""{"to":"{{Target}}"}""");
        using var server = Accepted();
        client.Blocking = false;
        server.Blocking = false;
        _ = SayWhatFits(client);
        _ = SayWhatFits(server);

        Reset(client);

        Assert.Equal(0, handler.WaitForEnd());
        Assert.EndsWith(": the client has reset\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_words_of_a_target_that_did_not_read_everything_arrive()
    {
        var (client, handler) = Start($$"""{"to":"{{Target}}"}""");
        var server = Accepted();
        client.Send(new byte[10_000]);
        _ = server.ReadExactly(1000);
        var words = Noise(30_000);
        server.Send(words);
        server.Dispose();       // with unread bytes: a reset

        Assert.Equal(words, client.ReadExactly(words.Length));
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Theory]
    [InlineData("v1", "PROXY TCP4 203.0.113.9 192.0.2.1 40000 22\r\nhello")]
    [InlineData("v2", "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u00cb\u0000\u0071\u0009\u00c0\0\u0002\u0001\u009c\u0040\0\u0016hello")]
    public void The_proxy_header_names_whom_the_daemon_saw(string version, string heard)
    {
        using var daemon = new PoolDaemon(
            "redirect", ("SUPERSERVER_OPTIONS", $$"""{"to":"{{Target}}","proxy":"{{version}}"}"""))
        {
            Variables = "TCPREMOTEIP=203.0.113.9\0TCPREMOTEPORT=40000\0TCPLOCALIP=192.0.2.1\0TCPLOCALPORT=22\0",
        };
        using var client = daemon.Connect("run-1");
        using var server = Accepted();
        Say(client, "hello"u8.ToArray());

        Assert.Equal(heard, Encoding.Latin1.GetString(server.ReadToEnd()));

        server.Dispose();
        Assert.Equal("done run-1 0", daemon.Hear());
        Assert.Contains("<6>[run-1] 203.0.113.9:40000 to ", daemon.Worker.Complaints, StringComparison.Ordinal);
        Assert.Contains(": 5 bytes in, 0 out, ", daemon.Worker.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_carries_many_at_once_and_tells_the_daemon_of_each_end()
    {
        const int Many = 150;       // as many ends as wait unheard in the daemon's socket
        using var daemon = new PoolDaemon("redirect", ("SUPERSERVER_OPTIONS", $$"""{"to":"{{Target}}"}"""));
        var clients = Enumerable.Range(0, Many).Select(number => daemon.Connect($"run-{number}")).ToList();
        var servers = clients.ConvertAll(_ => Accepted());
        foreach (var client in clients)
        {
            Say(client, Encoding.ASCII.GetBytes(client.LocalEndPoint!.ToString()!));
        }

        foreach (var server in servers)
        {
            Say(server, server.ReadToEnd());
        }

        Assert.All(clients, client => Assert.Equal(client.LocalEndPoint!.ToString(), client.ReadTextToEnd()));
        Assert.Equal(
            Enumerable.Range(0, Many).Select(number => $"done run-{number} 0").Order(),
            Enumerable.Range(0, Many).Select(_ => daemon.Hear()).Order());
        daemon.Close();
        Assert.Equal(0, daemon.Worker.WaitForEnd());
    }

    [Fact]
    public void Told_to_stop_it_ends_every_connection_and_says_so()
    {
        using var daemon = new PoolDaemon("redirect", ("SUPERSERVER_OPTIONS", $$"""{"to":"{{Target}}"}"""));
        using var client = daemon.Connect("run-1");
        using var server = Accepted();
        client.Send("x"u8);
        Assert.Equal("x"u8, server.ReadExactly(1));

        daemon.Worker.Terminate();

        Assert.Equal("done run-1 0", daemon.Hear());
        Assert.Equal(0, daemon.Worker.WaitForEnd());
        Assert.Contains(": 1 bytes in, 0 out, ", daemon.Worker.Complaints, StringComparison.Ordinal);
        Assert.EndsWith(" s: stopped\n", daemon.Worker.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void Listening_it_serves_many_and_leaves_when_nobody_has_come_for_a_while()
    {
        using var listener = Sockets.Listener();
        using var waiting = Sockets.Connected(listener.LocalEndPoint!);
        using var handler = HandlerProcess.Start(
            "redirect", listener, ("SUPERSERVER_OPTIONS", $$"""{"to":"{{Target}}","idle":"300ms"}"""));
        using var first = Accepted();
        using var later = Sockets.Connected(listener.LocalEndPoint!);
        using var second = Accepted();
        Say(later, "later"u8.ToArray());
        Say(waiting, "waiting"u8.ToArray());

        Assert.Equal("later", second.ReadTextToEnd());
        Assert.Equal("waiting", first.ReadTextToEnd());

        first.Dispose();
        second.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
        Assert.True(listener.Blocking);
    }

    [Theory]
    [InlineData("{}", "redirect: option 'to' is needed: where to\n")]
    [InlineData("""{"to":"tcp:here"}""", "redirect: option 'to' must be tcp:HOST:PORT or unix:PATH, not \"tcp:here\"\n")]
    [InlineData("""{"to":"tcp:127.0.0.1:1","proxy":"v3"}""", "redirect: option 'proxy' must be one of: none, v1, v2\n")]
    public void Without_a_place_to_go_it_says_what_is_missing(string options, string complaint)
    {
        var (_, handler) = Start(options);

        Assert.Equal(78, handler.WaitForEnd());
        Assert.Equal(complaint, handler.Complaints);
    }

    public void Dispose()
    {
        _ours.ForEach(one => one.Dispose());
        _target.Dispose();
    }

    private (Socket Client, HandlerProcess Handler) Start(string options)
    {
        var (client, accepted) = Sockets.Pair();
        var handler = HandlerProcess.Start("redirect", accepted, ("SUPERSERVER_OPTIONS", options));
        accepted.Dispose();
        _ours.AddRange([client, handler]);
        return (client, handler);
    }

    private Socket Accepted() => _target.Accept();

    private static Task Beside(Action action) => Task.Run(action, TestContext.Current.CancellationToken);

    private static void Say(Socket socket, byte[] words)
    {
        socket.Send(words);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static long SayWhatFits(Socket socket)
    {
        var sent = 0L;
        var quiet = 0;
        while (quiet < 20)
        {
            var now = socket.Send(new byte[65536], SocketFlags.None, out var error);
            sent += now;
            quiet = error == SocketError.WouldBlock ? quiet + 1 : 0;
            Thread.Sleep(error == SocketError.WouldBlock ? 10 : 0);
        }

        return sent;
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        Random.Shared.NextBytes(noise);
        return noise;
    }

    private static int ClosedPort()
    {
        using var listener = Sockets.Listener();
        return Sockets.Port(listener);
    }

    // Its queue is full: a handshake more is not answered.
    private Socket FullListener()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        for (var i = 0; i < 3; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _ours.Add(client);
            try
            {
                client.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException waiting) when (waiting.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // that is the point
            }
        }

        return listener;
    }
}
