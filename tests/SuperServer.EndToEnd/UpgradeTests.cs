using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>SIGUSR2: the installed program takes over in the same process, and nobody outside notices.</summary>
public sealed class UpgradeTests
{
    private const string Services = """
        [service.cat]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/cat"]
        max_connections = 3

        [service.greeter]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/echo", "hello"]
        """;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Connections_children_and_limits_go_on(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Services);
        var address = daemon.Address("cat");
        var held = new List<Client>();
        for (var i = 0; i < 3; i++)
        {
            held.Add(await Client.Connect(address));
        }

        await daemon.Log.WaitForCount(3, Said.StartedFor, "cat");
        await daemon.Upgrade();

        using var waiting = await Client.Connect(address);
        await waiting.Send("waiting");
        await held[0].Send("still here");
        Assert.Equal("still here", await held[0].Receive(10));
        Assert.Equal(3, daemon.Log.All(Said.StartedFor, "cat").Count);

        held[0].Dispose();
        Assert.Equal("waiting", await waiting.Receive(7));
        var first = daemon.Log.All(Said.StartedFor, "cat")[0];
        var end = await daemon.Log.WaitFor(Said.EndedWithExit, "cat");
        Assert.Equal((first["Connection"], first.Pid, "0"), (end["Connection"], end.Pid, end["ExitCode"]));
        await daemon.Log.WaitForCount(4, Said.StartedFor, "cat");
        Assert.Equal(4, daemon.Log.All(Said.StartedFor, "cat").Select(line => line["Connection"]).Distinct().Count());
        held.ForEach(client => client.Dispose());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Not_one_client_is_refused_while_it_happens_again_and_again(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Services);
        var address = daemon.Address("greeter");
        using var enough = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var served = 0;
            for (; !enough.IsCancellationRequested; served++)
            {
                Assert.Equal("hello\n", await Client.Hear(address));
            }

            return served;
        })).ToList();

        for (var i = 0; i < 5; i++)
        {
            await daemon.Upgrade();
        }

        await enough.CancelAsync();
        var counts = await Task.WhenAll(clients);
        Assert.All(counts, count => Assert.True(count > 5, $"only {count} were served"));
        await daemon.Log.WaitForCount(counts.Sum(), Said.EndedWithExit, "greeter");
        await Eventually.Holds(() => daemon.Kernel.Children.Count == 0, "end of the last child");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_wait_server_keeps_its_socket_and_gives_it_back(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.receiver]
            listen = "udp:127.0.0.1:0"
            {DatagramServer.Exec(2, "$$ . ' got ' . $text")}
            """);
        using var client = new DatagramClient(daemon.Address("receiver", "udp"));
        var first = await client.Ask("one");

        await daemon.Upgrade();
        var second = await client.Ask("two");
        await daemon.Log.WaitFor(Said.EndedWithExit, "receiver");
        var third = await client.Ask("three");

        Assert.Equal(first.Split(' ')[0], second.Split(' ')[0]);
        Assert.NotEqual(first.Split(' ')[0], third.Split(' ')[0]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_pool_keeps_its_workers_and_their_connections(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(folder, Pool.Sample));
        using var held = await Client.Connect(daemon.Address("pool"));
        await held.Send("one\n");
        Assert.Equal("ONE\n", await held.Receive(4));

        await daemon.Upgrade();

        await held.Send("two\n");
        Assert.Equal("TWO\n", await held.Receive(4));
        Assert.Equal("THREE\n", await Client.Ask(daemon.Address("pool"), "three\n"));
        held.EndSending();
        await daemon.Log.WaitForCount(2, Said.EndedWithExit, "pool");
        Assert.Single(daemon.Log.All(Said.IsWorker));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_a_child_says_later_still_reaches_the_log(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.talker]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "read line; echo heard $line >&2"]
            stderr = "log"
            """);
        using var client = await Client.Connect(daemon.Address("talker"));
        await daemon.Log.WaitFor(Said.StartedFor, "talker");

        await daemon.Upgrade();
        await client.Send("news\n");

        Assert.Equal("heard news", (await daemon.Log.WaitFor(Said.Says, "talker"))["Line"]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_program_that_does_not_accept_the_configuration_is_not_let_in(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Services);
        using var held = await Client.Connect(daemon.Address("cat"));
        daemon.Write(Services + "\nnonsense = 1\n");

        daemon.Signal(Signals.USR2);
        await daemon.Log.WaitFor(Said.NotTakenOver);

        Assert.Contains(daemon.Log.All(Said.Says, "superserver"), line => line["Line"].Contains("nonsense", StringComparison.Ordinal));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("greeter")));
        await held.Send("fine");
        Assert.Equal("fine", await held.Receive(4));
        Assert.Empty(daemon.Log.All(Said.TookOver));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Children_started_afterwards_have_nothing_of_it(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Services);
        using var before = await Client.Connect(daemon.Address("cat"));
        var old = await daemon.Child("cat");

        await daemon.Upgrade();
        using var after = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitForCount(2, Said.StartedFor, "cat");
        var young = new LinuxProcess(daemon.Log.All(Said.StartedFor, "cat")[1].Pid);

        Assert.Equal([0, 1, 2], young.Descriptors.Keys);
        Assert.Equal(old.Limit("Max open files"), young.Limit("Max open files"));
        Assert.Equal(old.Environment.Keys.Order(), young.Environment.Keys.Order());
        Assert.Equal((old.Status("SigIgn"), old.Status("SigBlk")), (young.Status("SigIgn"), young.Status("SigBlk")));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Orders_that_come_in_the_middle_are_obeyed_afterwards(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Services);

        for (var i = 0; i < 3; i++)
        {
            var (reloads, takeovers) = (daemon.Log.All(Said.Reloaded).Count, daemon.Log.All(Said.TookOver).Count);
            daemon.Signal(Signals.USR2);
            daemon.Signal(Signals.HUP);
            await daemon.Log.WaitForCount(takeovers + 1, Said.TookOver);
            await daemon.Log.WaitForCount(reloads + 1, Said.Reloaded);
        }

        Assert.Equal(0, await daemon.End(Signals.TERM));
    }

    // It takes some ten milliseconds from the order until the new program listens: the other order comes at each of them.
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task No_order_is_lost_at_whatever_moment_it_comes(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Services);

        for (var round = 0; round < 40; round++)
        {
            var takeovers = daemon.Log.All(Said.TookOver).Count;
            daemon.Signal(Signals.USR2);
            await Task.Delay(round, TestContext.Current.CancellationToken);
            daemon.Signal(Signals.HUP);
            await daemon.Log.WaitForCount(takeovers + 1, Said.TookOver);
            await daemon.Log.WaitForCount(round + 1, Said.Reloaded);
        }

        Assert.Equal(0, await daemon.End(Signals.TERM));
    }
}
