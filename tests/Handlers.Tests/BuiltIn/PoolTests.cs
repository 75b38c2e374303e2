using System.Globalization;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn;

/// <summary>The small services as workers of a pool: clients come as messages on descriptor 0.</summary>
public sealed class PoolTests
{
    [Fact]
    public void Echo_sends_back_every_byte_and_the_daemon_hears_of_the_end()
    {
        using var daemon = new PoolDaemon("echo");
        var client = daemon.Connect("k3f9-7");
        var sent = new byte[3_000_000];
        Random.Shared.NextBytes(sent);
        var sending = new Thread(() =>
        {
            client.Send(sent);
            client.Shutdown(SocketShutdown.Send);
        });
        sending.Start();

        Assert.Equal(sent, client.ReadToEnd());

        Assert.Equal("done k3f9-7 0", daemon.Hear());
        Assert.True(sending.Join(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("daytime", 26)]
    [InlineData("time", 4)]
    [InlineData("discard", 0)]
    public void The_others_say_what_they_have_to_say_and_the_daemon_hears_of_the_end(string service, int length)
    {
        using var daemon = new PoolDaemon(service);
        for (var connection = 0; connection < 20; connection++)
        {
            using var client = daemon.Connect($"run-{connection}");
            client.Send(new byte[2000]);
            client.Shutdown(SocketShutdown.Send);

            Assert.Equal(length, client.ReadToEnd().Length);
            Assert.Equal($"done run-{connection} 0", daemon.Hear());
        }
    }

    [Fact]
    public void Chargen_goes_on_until_the_client_goes()
    {
        using var daemon = new PoolDaemon("chargen");
        using var client = daemon.Connect("run-1");

        var lines = Encoding.ASCII.GetString(client.ReadExactly(74 * 200));

        Assert.Equal(string.Concat(Enumerable.Range(0, 200).Select(FormatTests.Line)), lines);
        client.Dispose();
        Assert.Equal("done run-1 0", daemon.Hear());
    }

    [Fact]
    public void A_client_that_says_its_piece_and_stays_is_not_waited_for_longer_than_two_seconds()
    {
        using var daemon = new PoolDaemon("daytime");
        using var client = daemon.Connect("run-1");

        Assert.Equal(26, client.ReadToEnd().Length);

        Assert.Equal("done run-1 0", daemon.Hear());
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("discard")]
    [InlineData("chargen")]
    [InlineData("daytime")]
    [InlineData("time")]
    public void A_client_that_resets_ends_its_own_connection_only(string service)
    {
        using var daemon = new PoolDaemon(service);
        using var other = daemon.Connect("run-1");
        var client = daemon.Connect("run-2");
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();

        Assert.Contains("done run-2 0", new[] { daemon.Hear(), service is "daytime" or "time" ? daemon.Hear() : "" });

        Assert.Empty(daemon.Worker.Complaints);
        using var third = daemon.Connect("run-3");
        other.Dispose();
        third.Dispose();
    }

    [Fact]
    public void A_client_that_does_not_read_holds_up_nobody()
    {
        using var daemon = new PoolDaemon("chargen");
        using var deaf = daemon.Connect("run-1");
        _ = deaf.ReadExactly(1);

        using var eager = daemon.Connect("run-2");

        Assert.Equal(FormatTests.Line(0), Encoding.ASCII.GetString(eager.ReadExactly(74)));
    }

    [Fact]
    public void It_finishes_what_it_has_when_the_daemon_has_closed_and_then_ends()
    {
        using var daemon = new PoolDaemon("echo");
        using var client = daemon.Connect("run-1");
        client.Send("one"u8);
        _ = client.ReadExactly(3);

        daemon.Close();
        client.Send("two"u8);

        Assert.Equal("two"u8, client.ReadExactly(3));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("done run-1 0", daemon.Hear());
        Assert.Equal(0, daemon.Worker.WaitForEnd());
    }

    [Fact]
    public void Without_clients_it_ends_as_soon_as_the_daemon_has_closed()
    {
        using var daemon = new PoolDaemon("echo");

        daemon.Close();

        Assert.Equal(0, daemon.Worker.WaitForEnd());
    }

    [Fact]
    public void It_ends_when_the_daemon_is_gone_and_its_words_reach_nobody()
    {
        using var daemon = new PoolDaemon("echo");
        var client = daemon.Connect("run-1");
        client.Send("x"u8);
        _ = client.ReadExactly(1);
        daemon.TheirEnd.Dispose();

        daemon.Vanish();
        client.Dispose();

        Assert.Equal(0, daemon.Worker.WaitForEnd());
    }

    [Fact]
    public void A_connection_whose_socket_did_not_arrive_is_said_to_be_lost_for_now()
    {
        using var daemon = new PoolDaemon("echo");

        daemon.Send("run-1", descriptor: null);

        Assert.Equal("done run-1 75", daemon.Hear());
    }

    [Fact]
    public void It_leaves_its_end_of_the_daemons_socket_as_it_was()
    {
        using var daemon = new PoolDaemon("time");
        daemon.Connect("run-1").Dispose();
        _ = daemon.Hear();

        var flags = File.ReadLines($"/proc/self/fdinfo/{daemon.TheirEnd.Handle}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));

        Assert.Equal(0, Convert.ToInt32(flags[6..].Trim(), 8) & 0x800);
    }

    [Fact]
    public void Two_thousand_clients_at_once_are_served_in_less_than_sixty_megabytes()
    {
        using var daemon = new PoolDaemon("echo");
        var clients = new List<Socket>();
        for (var number = 0; number < 2000; number++)
        {
            clients.Add(daemon.Connect($"run-{number}"));
            clients[^1].Send(BitConverter.GetBytes(number));
        }

        for (var number = 1999; number >= 0; number--)
        {
            Assert.Equal(number, BitConverter.ToInt32(clients[number].ReadExactly(4)));
        }

        var memory = Kilobytes(daemon.Worker.Id);
        TestContext.Current.TestOutputHelper?.WriteLine($"{memory} kB with 2000 clients");
        Assert.InRange(memory, 0, 60 * 1024);
        clients.ForEach(client => client.Dispose());
        Assert.Equal(2000, Enumerable.Range(0, 2000).Select(_ => daemon.Hear()).Distinct().Count());
    }

    [Fact]
    public void While_all_its_clients_are_silent_it_does_nothing()
    {
        using var daemon = new PoolDaemon("echo");
        var clients = Enumerable.Range(0, 50).Select(number => daemon.Connect($"run-{number}")).ToArray();
        clients[^1].Send("x"u8);
        _ = clients[^1].ReadExactly(1);

        var before = daemon.Worker.ProcessorTicks();
        Thread.Sleep(300);

        Assert.InRange(daemon.Worker.ProcessorTicks() - before, 0, 2);
        Assert.All(clients, client => client.Dispose());
    }

    // What it costs the machine: its own pages, and its part of those that it shares.
    private static long Kilobytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return long.Parse(line[4..^2].Trim(), CultureInfo.InvariantCulture);
    }
}
