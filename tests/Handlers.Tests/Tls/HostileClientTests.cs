using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Tls;

/// <summary>Clients who do not want to speak TLS, or not well, or not soon; and many of all kinds.</summary>
public sealed class HostileClientTests(TlsHouse house) : IClassFixture<TlsHouse>
{
    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "not-tls")]
    [InlineData("\u0016G", "not-tls")]
    [InlineData("\u0016\u0003\u0001\0\u0005hello", "handshake")]
    [InlineData("\u0016\u0003\u0001\u007f\u007fhello", "handshake")]
    [InlineData("\u0016\u0003\u0001\0\0\u0016\u0003\u0001\0\0", "handshake")]
    public void Who_says_something_else_hears_nothing_of_the_program(string text, string why)
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon, timeout: 3_000);

        guest.Client.Send(Encoding.Latin1.GetBytes(text));
        guest.Client.Shutdown(SocketShutdown.Send);

        Assert.Contains(daemon.Hear(), (string[])[$"bad run-1 {why}", why == "handshake" ? "bad run-1 closed" : ""]);
        Assert.Equal(0, guest.Program.Receive(new byte[1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0016")]
    [InlineData("\u0016\u0003\u0001\0\u0080\u0001")]
    public void Who_says_nothing_or_half_of_it_is_timed_out(string half)
    {
        using var daemon = house.Worker();
        using var patient = TlsGuest.At(daemon, "run-1", timeout: 60_000);
        using var guest = TlsGuest.At(daemon, "run-2", timeout: 300);

        guest.Client.Send(Encoding.Latin1.GetBytes(half));

        Assert.Equal("bad run-2 timeout", daemon.Hear());
        patient.ShakeHands();
        Assert.StartsWith("ready run-1", daemon.Hear(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_may_allow_less_time_than_the_daemon()
    {
        using var daemon = house.Worker(("handshake_timeout", "200ms"));
        using var guest = TlsGuest.At(daemon, timeout: 60_000);

        Assert.Equal("bad run-1 timeout", daemon.Hear());
    }

    [Fact]
    public void Who_drips_does_not_get_more_time()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon, timeout: 400);
        guest.Client.Send(Encoding.Latin1.GetBytes("\u0016\u0003\u0001\u0010\0\u0001\0\u000f\u00fc\u0003\u0003"));
        using var dripping = new Timer(_ => guest.Client.Send(new byte[1]), null, 20, 20);

        Assert.Equal("bad run-1 timeout", daemon.Hear());
        _ = dripping.Change(Timeout.Infinite, Timeout.Infinite);
    }

    [Fact]
    public void Half_a_handshake_costs_nothing_while_it_waits_for_the_rest()
    {
        using var daemon = house.Worker();
        var guests = Enumerable.Range(0, 50).Select(number => TlsGuest.At(daemon, $"run-{number}", 60_000)).ToArray();
        Assert.All(guests, guest => guest.Client.Send(Encoding.Latin1.GetBytes("\u0016\u0003\u0001\0\u0080\u0001")));
        guests[0].Reset();
        Assert.Equal("bad run-0 closed", daemon.Hear());

        var before = daemon.Worker.ProcessorTicks();
        Thread.Sleep(500);

        Assert.InRange(daemon.Worker.ProcessorTicks() - before, 0, 3);
        Assert.All(guests, guest => guest.Dispose());
    }

    [Fact]
    public void Who_is_gone_before_the_worker_looks_is_closed()
    {
        using var daemon = house.Worker();
        using var reset = TlsGuest.At(daemon, "run-1");
        reset.Reset();
        Assert.Equal("bad run-1 closed", daemon.Hear());

        using var listener = Sockets.Listener();
        var (client, accepted) = Sockets.Pair(listener);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        using var program = TlsGuest.ProgramOf(daemon, accepted, "run-2");
        Assert.Equal("bad run-2 closed", daemon.Hear());
    }

#pragma warning disable SYSLIB0039, CA5397
    [Theory]
    [InlineData("1.2", SslProtocols.Tls11)]
    [InlineData("1.3", SslProtocols.Tls12)]
    public void Older_versions_are_not_spoken(string least, SslProtocols protocol)
#pragma warning restore SYSLIB0039, CA5397
    {
        using var daemon = house.Worker(("min_version", least));
        using var guest = TlsGuest.At(daemon);

        Assert.ThrowsAny<Exception>(() => guest.ShakeHands(protocols: protocol));

        guest.Client.Dispose();
        Assert.Contains(daemon.Hear(), (string[])["bad run-1 handshake", "bad run-1 closed"]);
    }

    [Fact]
    public void Who_wants_to_renegotiate_ends_his_own_connection_only()
    {
        using var daemon = house.Worker();
        using var listener = Sockets.Listener();
        using var other = TlsGuest.At(daemon, "run-1").ShakeHands();
        _ = daemon.Hear();
        using var client = Tool.Start("openssl", "s_client", "-tls1_2", "-connect", $"127.0.0.1:{Sockets.Port(listener)}");
        using var program = TlsGuest.ProgramOf(daemon, listener.Accept(), "run-2");
        _ = daemon.Hear();

        client.Input.Write("R\n");

        Assert.Equal("done run-2", daemon.Hear());
        Assert.Equal(0, program.Receive(new byte[1]));
        other.Tls.Write("x"u8);
        Assert.Equal("x"u8, other.Program.ReadExactly(1));
    }

    [Fact]
    public void Garbage_in_the_middle_of_a_connection_ends_it_for_both()
    {
        using var daemon = house.Worker();
        using var guest = TlsGuest.At(daemon).ShakeHands();
        _ = daemon.Hear();
        guest.Tls.Write("good"u8);
        Assert.Equal("good"u8, guest.Program.ReadExactly(4));

        guest.Client.Send(new byte[5000]);

        Assert.Equal(0, guest.Program.Receive(new byte[1]));
        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void A_visit_of_which_a_socket_did_not_arrive_is_trouble()
    {
        using var daemon = house.Worker();
        var (client, accepted) = Sockets.Pair();

        daemon.Show("run-1", 1000);
        daemon.Show("run-2", 1000, (int)accepted.Handle);
        accepted.Dispose();

        Assert.Equal("bad run-1 trouble", daemon.Hear());
        Assert.Equal("bad run-2 trouble", daemon.Hear());
        Assert.Equal(0, client.Receive(new byte[1]));
        Assert.Single(daemon.Worker.Complaints.Trim().Split('\n'));
        client.Dispose();
    }

    [Fact]
    public void Hundreds_of_connections_leave_nothing_behind()
    {
        using var daemon = house.Worker();
        using var listener = Sockets.Listener();
        Run(daemon, listener, 300);
        var (descriptors, memory) = (daemon.Worker.Descriptors(), daemon.Worker.ResidentKilobytes());

        Run(daemon, listener, 500);

        Assert.InRange(daemon.Worker.Descriptors(), 0, descriptors + 2);
        Assert.InRange(daemon.Worker.ResidentKilobytes() - memory, -100_000, 10_000);
    }

    [Fact]
    public void Hundreds_of_clients_at_once_are_served()
    {
        const int Many = 200;
        using var daemon = house.Worker();
        using var listener = Sockets.Listener();
        var guests = Enumerable.Range(0, Many).Select(number => TlsGuest.At(daemon, listener, $"run-{number}").ShakeHands()).ToArray();

        Assert.All(guests, guest => guest.Tls.Write("x"u8));
        Assert.All(guests, guest => Assert.Equal("x"u8, guest.Program.ReadExactly(1)));

        Assert.All(guests, guest => guest.Program.Dispose());
        Assert.All(guests, guest => guest.Dispose());
        var said = Enumerable.Range(0, 2 * Many).Select(_ => daemon.Hear()).ToList();
        Assert.Equal(Many, said.Where(word => word.StartsWith("done ", StringComparison.Ordinal)).Distinct().Count());
    }

    // One after the other, each in one of the ways in which a connection can end.
    private static void Run(PoolDaemon daemon, Socket listener, int connections)
    {
        for (var number = 0; number < connections; number++)
        {
            using var guest = TlsGuest.At(daemon, listener);
            switch (number % 4)
            {
                case 0:
                    guest.Client.Send("GET /\r\n"u8);
                    break;
                case 1:
                    guest.Reset();
                    break;
                default:
                    guest.ShakeHands();
                    Assert.StartsWith("ready ", daemon.Hear(), StringComparison.Ordinal);
                    End(guest, isPolite: number % 4 == 2);
                    break;
            }

            Assert.Contains(daemon.Hear(), (string[])["done run-1", "bad run-1 not-tls", "bad run-1 closed"]);
        }
    }

    private static void End(TlsGuest guest, bool isPolite)
    {
        if (isPolite)
        {
            guest.Program.Dispose();
            guest.Client.Dispose();
        }
        else
        {
            guest.Reset();
        }
    }
}
