using System.Net.Sockets;
using System.Text;
using CsCheck;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Vestibule;

/// <summary>The worker that reads the headers of proxies, as a process, with the daemon's half of the protocol in the test.</summary>
public sealed class ProxyWorkerTests
{
    private const string Line = "PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\r\n";
    private const string Peer = "192.0.2.7 51234 198.51.100.1 443";

    [Fact]
    public void It_takes_the_header_and_not_one_byte_more()
    {
        using var daemon = new PoolDaemon("proxy");
        using var visit = daemon.Visit("k3f9-7");

        visit.Client.Send(Encoding.ASCII.GetBytes(Line + "GET / HTTP/1.0\r\n"));

        Assert.Equal($"peer k3f9-7 {Peer}", daemon.Hear());
        visit.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("GET / HTTP/1.0\r\n", visit.Accepted.ReadTextToEnd());
    }

    [Fact]
    public void It_tells_a_connection_that_is_the_proxys_own()
    {
        using var daemon = new PoolDaemon("proxy");
        using var visit = daemon.Visit("run-1");

        visit.Client.Send("PROXY UNKNOWN\r\nhello"u8);

        Assert.Equal("local run-1", daemon.Hear());
        Assert.Equal("hello"u8, visit.Accepted.ReadExactly(5));
    }

    [Fact]
    public void However_a_header_is_cut_it_says_the_same_and_the_rest_is_untouched()
    {
        using var daemon = new PoolDaemon("proxy");
        using var listener = Sockets.Listener();
        Gen.Select(ProxyHeaderTests.Header, Gen.Int[1, 1000].Array[0, 8], Gen.Byte.Array[0, 50]).Sample((header, cuts, rest) =>
        {
            using var whole = Visit(daemon, listener);
            using var cut = Visit(daemon, listener);
            whole.Client.Send([.. header, .. rest]);
            var answer = daemon.Hear();
            SendInPieces(cut.Client, [.. header, .. rest], cuts);

            Assert.Equal(answer, daemon.Hear());
            Assert.Equal(rest, whole.Accepted.ReadExactly(rest.Length));
            Assert.Equal(rest, cut.Accepted.ReadExactly(rest.Length));
            Assert.Equal(0, whole.Accepted.Available + cut.Accepted.Available);
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void A_header_that_comes_byte_by_byte_is_read()
    {
        using var daemon = new PoolDaemon("proxy");
        using var visit = daemon.Visit("run-1");
        visit.Client.NoDelay = true;

        foreach (var value in Encoding.ASCII.GetBytes(Line + "x"))
        {
            visit.Client.Send([value]);
        }

        Assert.Equal($"peer run-1 {Peer}", daemon.Hear());
        Assert.Equal("x"u8, visit.Accepted.ReadExactly(1));
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "no-header")]
    [InlineData("PROXY TCP4 nonsense\r\n", "malformed")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n!\u0012\0\u000c012345678901", "unsupported")]
    public void Who_says_something_else_is_bad_and_keeps_what_he_has_said(string text, string why)
    {
        using var daemon = new PoolDaemon("proxy");
        using var visit = daemon.Visit("run-1");

        visit.Client.Send(Encoding.ASCII.GetBytes(text));

        Assert.Equal($"bad run-1 {why}", daemon.Hear());
        Assert.Equal(text, Encoding.ASCII.GetString(visit.Accepted.ReadExactly(text.Length)));
    }

    [Fact]
    public void A_line_without_end_is_not_waited_for()
    {
        using var daemon = new PoolDaemon("proxy");
        using var visit = daemon.Visit("run-1");

        visit.Client.Send(Encoding.ASCII.GetBytes("PROXY UNKNOWN ".PadRight(100_000)));

        Assert.Equal("bad run-1 too-long", daemon.Hear());
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 ")]
    public void Who_says_nothing_or_half_of_it_is_timed_out(string half)
    {
        using var daemon = new PoolDaemon("proxy");
        using var patient = daemon.Visit("run-1", timeout: 60_000);
        using var visit = daemon.Visit("run-2", timeout: 150);

        visit.Client.Send(Encoding.ASCII.GetBytes(half));

        Assert.Equal("bad run-2 timeout", daemon.Hear());
        patient.Client.Send(Encoding.ASCII.GetBytes(Line));
        Assert.Equal($"peer run-1 {Peer}", daemon.Hear());
    }

    [Fact]
    public void Who_drips_does_not_get_more_time()
    {
        using var daemon = new PoolDaemon("proxy");
        using var visit = daemon.Visit("run-1", timeout: 200);
        using var dripping = new Timer(_ => visit.Client.Send("P"u8), null, Timeout.Infinite, Timeout.Infinite);

        visit.Client.Send("PROXY UNKNOWN "u8);
        _ = dripping.Change(20, 20);

        Assert.Equal("bad run-1 timeout", daemon.Hear());
        _ = dripping.Change(Timeout.Infinite, Timeout.Infinite);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 ")]
    public void Who_leaves_before_he_has_said_all_is_told_at_once(string half)
    {
        using var daemon = new PoolDaemon("proxy");
        using var before = daemon.Visit("run-1", timeout: 60_000);
        before.Client.Send(Encoding.ASCII.GetBytes(half));
        before.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal("bad run-1 closed", daemon.Hear());

        var (client, accepted) = Sockets.Pair();
        client.Send(Encoding.ASCII.GetBytes(half));
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        daemon.Show("run-2", 60_000, (int)accepted.Handle);
        accepted.Dispose();
        Assert.Equal("bad run-2 closed", daemon.Hear());
    }

    [Fact]
    public void Half_a_header_costs_nothing_while_it_waits_for_the_rest()
    {
        using var daemon = new PoolDaemon("proxy");
        var visits = Enumerable.Range(0, 100).Select(number => daemon.Visit($"run-{number}", timeout: 60_000)).ToArray();
        Assert.All(visits, visit => visit.Client.Send("PROXY TCP4 192.0"u8));
        visits[0].Client.Send(Encoding.ASCII.GetBytes(Line["PROXY TCP4 192.0".Length..]));
        Assert.Equal($"peer run-0 {Peer}", daemon.Hear());

        var before = daemon.Worker.ProcessorTicks();
        Thread.Sleep(500);

        Assert.InRange(daemon.Worker.ProcessorTicks() - before, 0, 2);
        Assert.All(visits, visit => visit.Dispose());
    }

    [Fact]
    public void The_daemons_socket_blocks_afterwards_as_it_did_before()
    {
        using var daemon = new PoolDaemon("proxy");
        using var visit = daemon.Visit("run-1");
        visit.Client.Send("PROXY "u8);
        var flags = Flags(visit.Accepted);

        visit.Client.Send("UNKNOWN\r\n"u8);

        Assert.Equal("local run-1", daemon.Hear());
        Assert.Equal(flags, Flags(visit.Accepted));
        Assert.Equal(1, (int)visit.Accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveLowWater)!);
    }

    [Fact]
    public void A_client_on_a_Unix_socket_is_read_too()
    {
        using var folder = new Folder();
        using var daemon = new PoolDaemon("proxy");
        using var listener = Sockets.Listener(new UnixDomainSocketEndPoint(folder.In("s")));
        using var visit = Visit(daemon, listener);
        SendInPieces(visit.Client, Encoding.ASCII.GetBytes(Line + "x"), [3, 5, 20]);

        Assert.Equal($"peer run {Peer}", daemon.Hear());
        Assert.Equal("x"u8, visit.Accepted.ReadExactly(1));
    }

    [Fact]
    public void A_client_whose_socket_did_not_arrive_is_trouble()
    {
        using var daemon = new PoolDaemon("proxy");
        daemon.Show("run-1", 1000);
        daemon.Show("run-2", 1000);

        Assert.Equal("bad run-1 trouble", daemon.Hear());
        Assert.Equal("bad run-2 trouble", daemon.Hear());
        Assert.Single(daemon.Worker.Complaints.Trim().Split('\n'), line => line.Contains("without his socket", StringComparison.Ordinal));
    }

    [Fact]
    public void After_SIGTERM_it_finishes_what_it_has_and_the_daemon_sees_that_it_takes_no_more()
    {
        using var daemon = new PoolDaemon("proxy");
        using var first = daemon.Visit("run-1");
        first.Client.Send("PROXY UNKNOWN\r\n"u8);
        Assert.Equal("local run-1", daemon.Hear());
        using var visit = daemon.Visit("run-2");

        daemon.Worker.Terminate();

        while (daemon.TakesMore())
        {
            Assert.Equal("bad probe trouble", daemon.Hear());
        }

        visit.Client.Send("PROXY UNKNOWN\r\n"u8);
        Assert.Equal("local run-2", daemon.Hear());
        Assert.Equal(0, daemon.Worker.WaitForEnd());
    }

    [Fact]
    public void When_the_daemon_has_closed_it_finishes_what_it_has()
    {
        using var daemon = new PoolDaemon("proxy");
        using var visit = daemon.Visit("run-1");

        daemon.Close();
        visit.Client.Send("PROXY UNKNOWN\r\n"u8);

        Assert.Equal("local run-1", daemon.Hear());
        Assert.Equal(0, daemon.Worker.WaitForEnd());
    }

    [Fact]
    public void Ten_thousand_visits_leave_nothing_behind()
    {
        using var daemon = new PoolDaemon("proxy");
        using var listener = Sockets.Listener();
        Run(daemon, listener, 3000);
        var (descriptors, memory) = (daemon.Worker.Descriptors(), daemon.Worker.ResidentKilobytes());

        Run(daemon, listener, 7000);

        Assert.Equal(descriptors, daemon.Worker.Descriptors());
        Assert.InRange(daemon.Worker.ResidentKilobytes() - memory, -100_000, 10_000);     // a kilobyte and a half for each would show
    }

    [Fact]
    public void By_hand_it_says_who_starts_it()
    {
        var (client, accepted) = Sockets.Pair();
        using var worker = HandlerProcess.Start("proxy", accepted);

        Assert.Equal(64, worker.WaitForEnd());
        Assert.Contains("only the daemon starts this", worker.Complaints, StringComparison.Ordinal);
        client.Dispose();
        accepted.Dispose();
    }

    private static void Run(PoolDaemon daemon, Socket listener, int visits)
    {
        for (var number = 0; number < visits; number++)
        {
            using var visit = Visit(daemon, listener);
            if (number % 4 == 0)
            {
                visit.Client.LingerState = new LingerOption(true, 0);
                visit.Client.Dispose();
            }
            else
            {
                visit.Client.Send(number % 4 == 1 ? "nonsense"u8 : "PROXY UNKNOWN\r\n"u8);
            }

            Assert.Contains(daemon.Hear(), (string[])["local run", "bad run closed", "bad run no-header"]);
        }
    }

    private static VestibuleVisit Visit(PoolDaemon daemon, Socket listener)
    {
        var (client, accepted) = Sockets.Pair(listener);
        daemon.Show("run", 10_000, (int)accepted.Handle);
        return new VestibuleVisit(client, accepted);
    }

    private static void SendInPieces(Socket client, byte[] bytes, int[] cuts)
    {
        var at = 0;
        foreach (var cut in cuts.Where(cut => cut < bytes.Length).Order().Append(bytes.Length))
        {
            client.Send(bytes.AsSpan(at..cut));
            at = cut;
            Thread.Yield();
        }
    }

    private static string Flags(Socket socket) =>
        File.ReadLines($"/proc/self/fdinfo/{socket.Handle}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
}
