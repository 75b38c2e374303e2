using System.Globalization;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>The child gets the listening or datagram socket, and no second one starts while it lives: inetd's wait.</summary>
public sealed class WaitTests
{
    private static readonly string _twoDatagrams = DatagramServer.Exec(2, "$$ . ' got ' . $text");

    [Theory]
    [Trait("Conformance", "behaviour 4")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_first_datagram_is_left_for_the_child_and_the_next_ones_go_to_the_same_child(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.receiver]
            listen = "udp:127.0.0.1:0"
            {_twoDatagrams}
            """);
        var address = daemon.Address("receiver", "udp");
        using var client = new DatagramClient(address);
        using var other = new DatagramClient(address);

        var first = await client.Ask("one");
        var second = await other.Ask("two");

        var pid = (await daemon.Log.WaitFor(Said.StartedOn, "receiver")).Pid.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(($"{pid} got one", $"{pid} got two"), (first, second));
        Assert.Single(daemon.Log.All(Said.StartedOn));
    }

    [Theory]
    [Trait("Conformance", "behaviour 4")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task When_the_child_has_ended_the_next_datagram_starts_another(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.receiver]
            listen = "udp:127.0.0.1:0"
            {_twoDatagrams}
            """);
        using var client = new DatagramClient(daemon.Address("receiver", "udp"));
        await client.Ask("one");
        await client.Ask("two");
        await daemon.Log.WaitFor(Said.EndedWithExit, "receiver");

        Assert.EndsWith("got three", await client.Ask("three"), StringComparison.Ordinal);
        await daemon.Log.WaitForCount(2, Said.StartedOn);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_datagram_that_arrives_while_the_child_ends_is_not_lost(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.receiver]
            listen = "udp:127.0.0.1:0"
            {DatagramServer.Exec(1, "$text")}
            """);
        using var client = new DatagramClient(daemon.Address("receiver", "udp"));
        for (var i = 0; i < 20; i++)
        {
            client.Send(i.ToString(CultureInfo.InvariantCulture));     // all at once: each child takes one and ends
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), await client.Receive());
        }
    }

    [Theory]
    [Trait("Conformance", "behaviour 3")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_stream_server_gets_the_listening_socket_and_nobody_else_accepts_until_it_ends(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.acceptor]
            listen = "tcp:127.0.0.1:0"
            mode = "wait"
            exec = ["/usr/bin/perl", "-e", '''
                for (1..3) {
                    accept(my $client, STDIN) or die;
                    print $client "$$\n";
                    close $client;
                }
                ''']
            """);
        var address = daemon.Address("acceptor");

        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            answers.Add((await Client.Hear(address)).Trim());
        }

        await daemon.Log.WaitForCount(2, Said.EndedWithExit);
        var servers = daemon.Log.All(Said.StartedOn).Select(line => line["Pid"]).ToList();
        Assert.Equal(2, servers.Count);
        Assert.Equal([servers[0], servers[0], servers[0], servers[1], servers[1], servers[1]], answers);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_server_s_socket_is_blocking_even_if_the_last_server_left_it_otherwise(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.acceptor]
            listen = "tcp:127.0.0.1:0"
            mode = "wait"
            exec = ["/usr/bin/perl", "-e", '''
                use Fcntl;
                my $flags = fcntl(STDIN, F_GETFL, 0);
                accept(my $client, STDIN) or die;
                print $client ($flags & O_NONBLOCK ? "nonblocking" : "blocking");
                fcntl(STDIN, F_SETFL, $flags | O_NONBLOCK);
                ''']
            """);

        Assert.Equal("blocking", await Client.Hear(daemon.Address("acceptor")));
        Assert.Equal("blocking", await Client.Hear(daemon.Address("acceptor")));
    }

    [Theory]
    [Trait("Conformance", "defect 2")]
    [Trait("Conformance", "behaviour 5")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_server_that_takes_nothing_and_ends_does_not_keep_the_machine_busy(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.lazy]
            listen = "udp:127.0.0.1:0"
            exec = ["/bin/true"]
            """);
        using var client = new DatagramClient(daemon.Address("lazy", "udp"));
        client.Send("nobody reads this");
        await daemon.Log.WaitForCount(20, Said.StartedOn, "lazy");
        var cpu = daemon.Kernel.CpuTime;

        await Task.Delay(2000, TestContext.Current.CancellationToken);

        Assert.InRange(daemon.Log.All(Said.StartedOn).Count, 20, 80);
        Assert.True(daemon.Kernel.CpuTime - cpu < TimeSpan.FromMilliseconds(400), $"{daemon.Kernel.CpuTime - cpu} in 2 s");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_server_that_fails_at_once_is_started_again_after_a_pause_that_the_log_tells(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.broken]
            listen = "udp:127.0.0.1:0"
            exec = ["/bin/false"]
            """);
        using var client = new DatagramClient(daemon.Address("broken", "udp"));
        client.Send("nobody reads this");

        var pause = await daemon.Log.WaitFor("{Service} is not started again for {Seconds} s", "broken");
        await daemon.Log.WaitForCount(2, Said.StartedOn, "broken");

        Assert.Equal("1", pause["Seconds"]);
    }
}
