using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>A child for each peer of a datagram service, on a socket that no other peer has.</summary>
public sealed class DatagramNowaitTests
{
    private const int Crowd = 50;

    private static readonly string _talker = Exec(
        "while (defined sysread(STDIN, my $t, 9000)) { syswrite(STDOUT, qq($$ got $t)); }");
    private static readonly string _oneAnswer = Exec("sysread(STDIN, my $t, 9000); syswrite(STDOUT, qq($$ got $t));");

    [Theory]
    [Trait("Conformance", "behaviour 6")]
    [Trait("Conformance", "defect 5")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Each_peer_has_a_child_and_all_its_datagrams_reach_that_one(Who who)
    {
        await using var daemon = await Start(who, _talker);
        using var one = Client(daemon);
        using var other = Client(daemon);

        var (first, strangers) = (await one.Ask("a"), await other.Ask("b"));
        var (second, third) = (await one.Ask("c"), await one.Ask("d"));

        var pid = first.Split(' ')[0];
        Assert.Equal(($"{pid} got a", $"{pid} got c", $"{pid} got d"), (first, second, third));
        Assert.NotEqual(pid, strangers.Split(' ')[0]);
        await OnlyStarted(daemon, 2);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_a_peer_has_sent_before_its_child_started_is_there_in_order(Who who)
    {
        await using var daemon = await Start(who, _talker);
        using var client = Client(daemon);

        daemon.Signal(Signals.STOP);
        foreach (var text in (string[])["1", string.Empty, "3", "4"])
        {
            client.Send(text);
        }

        daemon.Signal(Signals.CONT);

        foreach (var text in (string[])["1", string.Empty, "3", "4"])
        {
            Assert.EndsWith($" got {text}", await client.Receive(), StringComparison.Ordinal);
        }

        await OnlyStarted(daemon, 1);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_child_is_told_who_it_serves(Who who)
    {
        await using var daemon = await Start(
            who, Exec("sysread(STDIN, my $t, 9); print map { qq($_=$ENV{$_};) } sort keys %ENV;"));
        using var client = Client(daemon);

        var told = (await client.Ask("who")).Split(';', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            [
                "PATH", "PROTO=UDP", "REMOTE_ADDR=127.0.0.1", "REMOTE_HOST=127.0.0.1", $"REMOTE_PORT={client.Local.Port}",
                "SUPERSERVER_CONNECTION", "SUPERSERVER_SERVICE=peers", "UDPLOCALIP=127.0.0.1",
                $"UDPLOCALPORT={daemon.Address("peers", "udp").Port}", "UDPREMOTEIP=127.0.0.1",
                $"UDPREMOTEPORT={client.Local.Port}",
            ],
            told.Select(line => line.Split('=')[0] is "PATH" or "SUPERSERVER_CONNECTION" ? line.Split('=')[0] : line));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task A_crowd_that_comes_in_one_moment_is_answered_and_nobody_reads_what_another_has_sent(string address)
    {
        await using var daemon = await Start(Who.Root, _oneAnswer, address);
        var clients = Enumerable.Range(0, Crowd).Select(_ => Client(daemon)).ToList();

        daemon.Signal(Signals.STOP);
        clients.ForEach(client => client.Send(Name(client)));
        clients.ForEach(client => client.Send($"{Name(client)} again"));
        daemon.Signal(Signals.CONT);

        foreach (var client in clients)
        {
            Assert.EndsWith($" got {Name(client)}", await client.Receive(), StringComparison.Ordinal);
            client.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_built_in_echo_answers_its_peer_until_it_is_silent(Who who)
    {
        await using var daemon = await Start(who, "handler = 'echo'\noptions = { idle = '2s' }");
        using var client = Client(daemon);

        Assert.Equal("hello", await client.Ask("hello"));
        Assert.Equal("again", await client.Ask("again"));

        Assert.Equal("0", (await daemon.Log.WaitFor(Said.EndedWithExit, "peers"))["ExitCode"]);
        Assert.Single(daemon.Log.All(Said.StartedFor));
    }

    [Fact]
    public async Task Without_raw_sockets_a_crowd_costs_datagrams_and_the_log_says_how_many()
    {
        await using var daemon = await Start(Who.OrdinaryUser, _oneAnswer);
        var clients = Enumerable.Range(0, Crowd).Select(_ => Client(daemon)).ToList();

        daemon.Signal(Signals.STOP);
        clients.ForEach(client => client.Send(Name(client)));
        daemon.Signal(Signals.CONT);

        Assert.EndsWith($" got {Name(clients[^1])}", await clients[^1].Receive(), StringComparison.Ordinal);
        var said = await daemon.Log.WaitFor("{Service} lost {Count} datagrams", "peers");
        Assert.Equal((Crowd - 1).ToString(CultureInfo.InvariantCulture), said["Count"]);
        Assert.EndsWith(" got at last", await clients[0].Ask("at last"), StringComparison.Ordinal);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task The_answer_comes_from_the_address_that_was_asked()
    {
        await using var daemon = await Start(Who.Root, _talker, "0.0.0.0");
        var asked = new IPEndPoint(IPAddress.Parse("127.0.0.5"), daemon.Address("peers", "udp").Port);
        using var client = new DatagramClient(asked, new IPEndPoint(IPAddress.Loopback, 0));

        var first = await client.Ask("one");

        Assert.EndsWith(" got one", first, StringComparison.Ordinal);
        Assert.Equal(first.Replace("one", "two", StringComparison.Ordinal), await client.Ask("two"));
    }

    [Theory]
    [Trait("Conformance", "behaviour 6")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_that_never_reads_holds_up_nobody_but_its_own_client(Who who)
    {
        await using var daemon = await Start(who, Exec(
            "sysread(STDIN, my $t, 9); $t eq 'rest' ? sleep 60 : syswrite(STDOUT, $t)"));
        using var idler = Client(daemon);
        idler.Send("rest");
        await daemon.Log.WaitFor(Said.StartedFor, "peers");
        var before = daemon.Kernel.CpuTime;
        for (var i = 0; i < 100; i++)
        {
            idler.Send("more");
        }

        using var other = Client(daemon);
        Assert.Equal("hello", await other.Ask("hello"));
        await OnlyStarted(daemon, 2);
        Assert.InRange(daemon.Kernel.CpuTime - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    [Trait("Conformance", "defect 6")]
    public async Task Exactly_as_many_as_allowed_are_served_at_once_and_the_next_waits_for_an_ending()
    {
        await using var daemon = await Start(Who.Root, _talker + "\nmax_connections = 3");
        var clients = Enumerable.Range(0, 5).Select(_ => Client(daemon)).ToList();
        foreach (var client in clients.Take(3))
        {
            await client.Ask("in");
        }

        clients[3].Send("wait");
        clients[4].Send("wait");
        await daemon.IdlesFor(TimeSpan.FromSeconds(1));
        Assert.Equal(3, daemon.Log.All(Said.StartedFor).Count);

        Machine.KillIfAlive(daemon.Log.All(Said.StartedFor)[0].Pid);
        Assert.EndsWith(" got wait", await clients[3].Receive(), StringComparison.Ordinal);
        Assert.False(clients[4].HasAnswer);

        Machine.KillIfAlive(daemon.Log.All(Said.StartedFor)[1].Pid);
        Assert.EndsWith(" got wait", await clients[4].Receive(), StringComparison.Ordinal);
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [Trait("Conformance", "behaviour 5")]
    [Trait("Conformance", "defect 2")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Who_is_refused_loses_one_datagram_for_each_refusal_and_nothing_spins(Who who)
    {
        await using var daemon = await Start(who, _talker + "\nmax_connections = 1\noverflow = 'close'");
        using var one = Client(daemon);
        await one.Ask("in");
        using var refused = Client(daemon);

        daemon.Signal(Signals.STOP);
        for (var i = 0; i < 5; i++)
        {
            refused.Send("let me in");
        }

        daemon.Signal(Signals.CONT);
        await daemon.Log.WaitForCount(5, Said.Refused);
        await daemon.IdlesFor(TimeSpan.FromSeconds(1));

        Assert.Equal(5, daemon.Log.All(Said.Refused).Count);
        Assert.EndsWith(" got still", await one.Ask("still"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_peer_whose_child_was_killed_gets_another(Who who)
    {
        await using var daemon = await Start(who, _talker);
        using var client = Client(daemon);
        var first = await client.Ask("one");

        Machine.KillIfAlive(int.Parse(first.Split(' ')[0], null));
        await daemon.Log.WaitFor(Said.EndedBySignal, "peers");
        var second = await client.Ask("two");

        Assert.EndsWith(" got two", second, StringComparison.Ordinal);
        Assert.NotEqual(first.Split(' ')[0], second.Split(' ')[0]);
    }

    [Theory]
    [Trait("Conformance", "behaviour 5")]
    [InlineData(Who.Root, 1)]
    [InlineData(Who.OrdinaryUser, 1)]
    [InlineData(Who.Root, 4)]
    public async Task A_start_that_fails_costs_exactly_one_datagram(Who who, int peers)
    {
        using var folder = PrivateFolder.For(who);
        var program = folder.WriteProgram("broken", "#!/nowhere/at/all\n");
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.peers]
            listen = "udp:127.0.0.1:0"
            mode = "nowait"
            exec = ["{program}"]
            """);
        var clients = Enumerable.Range(0, peers).Select(_ => Client(daemon)).ToList();

        daemon.Signal(Signals.STOP);
        clients.ForEach(client => client.Send("one"));
        daemon.Signal(Signals.CONT);
        await daemon.Log.WaitForCount(peers, Said.CouldNotBeStarted);
        await daemon.IdlesFor(TimeSpan.FromSeconds(1));

        Assert.Equal(peers, daemon.Log.All(Said.CouldNotBeStarted).Count);
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_child_has_a_plain_blocking_socket_and_nothing_else(Who who)
    {
        await using var daemon = await Start(who, _talker);
        using var client = Client(daemon);
        await client.Ask("hello");

        var child = await daemon.Child("peers");

        Assert.Equal([0, 1, 2], child.Descriptors.Keys);
        Assert.True(child.IsBlocking(0));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Nobody_else_can_take_the_port_although_it_is_shared_with_the_children(Who who)
    {
        await using var daemon = await Start(who, _talker);
        using var client = Client(daemon);
        await client.Ask("hello");
        using var thief = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        thief.SetRawSocketOption(1, 2, [1, 0, 0, 0]);

        Assert.Throws<SocketException>(() => thief.Bind(daemon.Address("peers", "udp")));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_new_daemon_opens_the_port_that_children_of_the_last_one_still_have(Who who)
    {
        using var folder = PrivateFolder.For(who);
        string services = string.Empty;
        await using (var before = await RunningDaemon.Start(folder, Service(_talker, "127.0.0.1:0")))
        {
            using var early = Client(before);
            await early.Ask("hello");
            services = Service(_talker, before.Address("peers", "udp").ToString());
            var child = await before.Child("peers");
            await before.Kill();
            await using var after = await RunningDaemon.Start(folder, services);
            using var late = Client(after);

            Assert.EndsWith(" got me", await late.Ask("me"), StringComparison.Ordinal);
            Assert.StartsWith($"{child.Pid} ", await early.Ask("still here"), StringComparison.Ordinal);
            Machine.KillIfAlive(child.Pid);
        }
    }

    private static string Exec(string perl) => $"exec = ['/usr/bin/perl', '-e', '''{perl}''']";

    private static string Name(DatagramClient client) => client.Local.Port.ToString(CultureInfo.InvariantCulture);

    private static Task<RunningDaemon> Start(Who who, string program, string address = "127.0.0.1") =>
        RunningDaemon.Start(who, Service(program, $"{address}:0"));

    private static string Service(string program, string address) => $"""
        [service.peers]
        listen = "udp:{address}"
        mode = "nowait"
        {program}
        """;

    private static DatagramClient Client(RunningDaemon daemon) => new(daemon.Address("peers", "udp"));

    // The log is written behind the daemon's back, and may be behind the answers.
    private static async Task OnlyStarted(RunningDaemon daemon, int children)
    {
        await daemon.Log.WaitForCount(children, Said.StartedFor);
        Assert.Equal(children, daemon.Log.All(Said.StartedFor).Count);
    }
}
