using System.Globalization;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Workers that stay, and get each connection as a message.</summary>
public sealed class PoolTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_sample_serves_one_client_after_the_other_in_one_worker(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(folder, Pool.Sample));

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("HELLO\n", await Client.Ask(daemon.Address("pool"), "hello\n"));
        }

        await daemon.Log.WaitForCount(20, Said.EndedWithExit, "pool");
        var worker = Assert.Single(daemon.Log.All(Said.IsWorker));
        Assert.All(daemon.Log.All(Said.StartedFor), line => Assert.Equal(worker.Pid, line.Pid));
        Assert.Equal(20, daemon.Log.All(Said.EndedWithExit).Select(line => line["Connection"]).Distinct().Count());
        Assert.Equal([worker.Pid], daemon.Kernel.Children.Select(child => child.Pid));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_worker_is_an_unprivileged_process_like_any_child_with_a_socket_of_its_own_on_0(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(folder, Pool.Sample, "env = { GREETING = 'hi' }"));
        await Client.Ask(daemon.Address("pool"), "hello\n");

        var worker = new LinuxProcess(daemon.Log.All(Said.IsWorker)[0].Pid);

        Assert.Equal([0, 1, 2], worker.Descriptors.Keys);
        Assert.StartsWith("socket:", worker.Descriptors[0], StringComparison.Ordinal);
        Assert.StartsWith("pipe:", worker.Descriptors[2], StringComparison.Ordinal);
        Assert.Equal(("hi", "pool", "64"),
            (worker.Environment["GREETING"], worker.Environment["SUPERSERVER_SERVICE"], worker.Environment["SUPERSERVER_POOL"]));
        Assert.DoesNotContain("TCPREMOTEIP", worker.Environment.Keys);
        Assert.NotEqual("0 0 0 0", who == Who.Root ? worker.Status("Uid") : "ordinary");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_message_tells_what_the_environment_would(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(
            folder, Pool.Worker("client.sendall(text.replace(b'\\0', b'\\n'))")));
        using var client = await Client.Connect(daemon.Address("pool"));

        var lines = (await client.ReceiveAll()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var port = client.Local.ToString()!.Split(':')[1];
        var local = daemon.Address("pool").Port.ToString(CultureInfo.InvariantCulture);
        var id = (await daemon.Log.WaitFor(Said.StartedFor, "pool"))["Connection"];
        Assert.Equal(
            new[]
            {
                $"SUPERSERVER_CONNECTION={id}", "TCPREMOTEIP=127.0.0.1", "REMOTE_ADDR=127.0.0.1", "REMOTE_HOST=127.0.0.1",
                $"TCPREMOTEPORT={port}", $"REMOTE_PORT={port}", "TCPLOCALIP=127.0.0.1", $"TCPLOCALPORT={local}",
                "SUPERSERVER_SERVICE=pool", "PROTO=TCP",
            }.Order(StringComparer.Ordinal),
            lines.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_pool_grows_as_far_as_it_may_and_then_clients_wait_in_the_backlog(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(
            folder, Pool.Service(folder, Pool.Sample, "pool = { workers = 2, max_concurrent = 1 }"));
        var address = daemon.Address("pool");
        using var first = await Speak(address, "one");
        using var second = await Speak(address, "two");
        using var third = await Client.Connect(address);
        await third.Send("three\n");
        await daemon.Log.WaitFor(Said.Full, "pool");

        Assert.Equal(2, daemon.Log.All(Said.StartedFor).Select(line => line.Pid).Distinct().Count());
        Assert.Equal(2, daemon.Log.All(Said.StartedFor).Count);

        first.Dispose();
        Assert.Equal("THREE\n", await third.Receive(6));
        Assert.Equal(2, daemon.Log.All(Said.IsWorker).Count);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Exactly_as_many_connections_as_max_connections_says_are_served_at_once(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(
            folder, Pool.Service(folder, Pool.Sample, "max_connections = 3\noverflow = \"close\""));
        var address = daemon.Address("pool");
        using var first = await Speak(address, "one");
        using var second = await Speak(address, "two");
        using var third = await Speak(address, "three");

        Assert.Equal("", await Client.Hear(address));

        Assert.StartsWith("limit=max_connections max=3",
            (await daemon.Log.WaitFor(Said.Refused, "pool"))["Refusal"], StringComparison.Ordinal);
        third.Dispose();
        await daemon.Log.WaitFor(Said.EndedWithExit, "pool");
        using var fourth = await Speak(address, "four");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_worker_that_has_nothing_to_do_ends_and_the_next_client_gets_a_new_one(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(
            folder, Pool.Service(folder, Pool.Sample, "pool = { idle = \"300ms\" }"));
        Assert.Equal("ONE\n", await Client.Ask(daemon.Address("pool"), "one\n"));

        await Eventually.Holds(() => daemon.Kernel.Children.Count == 0, "end of the idle worker");

        Assert.Equal("TWO\n", await Client.Ask(daemon.Address("pool"), "two\n"));
        Assert.Equal(2, daemon.Log.All(Said.IsWorker).Count);
        Assert.Empty(daemon.Log.All(Said.Killed));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_worker_is_recycled_after_so_many_connections_and_finishes_those_it_has(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(
            folder, Pool.Service(folder, Pool.Sample, "pool = { workers = 1, recycle = 3 }"));
        var address = daemon.Address("pool");
        using var held = await Speak(address, "held");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("HELLO\n", await Client.Ask(address, "hello\n"));
        }

        await daemon.Log.WaitForCount(6, Said.StartedFor, "pool");
        Assert.Equal([3, 3], daemon.Log.All(Said.StartedFor).GroupBy(line => line.Pid).Select(group => group.Count()));
        await held.Send("still here\n");
        Assert.Equal("STILL HERE\n", await held.Receive(11));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_worker_that_dies_takes_only_its_own_connections_with_it(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(
            folder, Pool.Service(folder, Pool.Sample, "pool = { workers = 2, max_concurrent = 1 }"));
        using var first = await Speak(daemon.Address("pool"), "one");
        using var second = await Speak(daemon.Address("pool"), "two");

        Machine.Signal(daemon.Log.All(Said.StartedFor)[0].Pid, Signals.KILL);

        Assert.Equal("", await first.ReceiveAll());
        await second.Send("alive\n");
        Assert.Equal("ALIVE\n", await second.Receive(6));
        await daemon.Log.WaitForCount(2, Said.EndedBySignal, "pool");
        Assert.Contains(daemon.Log.All(Said.StartedFor)[0]["Connection"],
            daemon.Log.All(Said.EndedBySignal).Select(line => line["Connection"]));
        Assert.Equal("THREE\n", await Client.Ask(daemon.Address("pool"), "three\n"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_worker_that_hangs_is_ended_with_the_connection_that_takes_too_long(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(
            folder, Pool.Sample, "pool = { workers = 2, max_concurrent = 1 }\nmax_runtime = \"1s\"\nstop_timeout = \"300ms\""));
        using var stuck = await Speak(daemon.Address("pool"), "one");
        Machine.Signal(daemon.Log.All(Said.StartedFor)[0].Pid, Signals.STOP);

        Assert.Equal("TWO\n", await Client.Ask(daemon.Address("pool"), "two\n"));
        await daemon.Log.WaitFor(Said.Killed, "pool");

        Assert.Equal("", await stuck.ReceiveAll());
        Assert.Equal("THREE\n", await Client.Ask(daemon.Address("pool"), "three\n"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_a_worker_says_of_a_connection_is_its_exit_code_in_the_log(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(
            folder, Pool.Service(folder, Pool.SampleThatSays("f\"done {variables['SUPERSERVER_CONNECTION']} 75\"")));
        await Client.Ask(daemon.Address("pool"), "hello\n");

        Assert.Equal("75", (await daemon.Log.WaitFor(Said.EndedWithExit, "pool"))["ExitCode"]);
    }

    [Theory]
    [InlineData("'done'")]
    [InlineData("'done 1'")]
    [InlineData("'hello'")]
    [InlineData("variables['SUPERSERVER_CONNECTION']")]
    [InlineData("('done ' + variables['SUPERSERVER_CONNECTION'] + '9')")]
    [InlineData("('done ' + variables['SUPERSERVER_CONNECTION'] + ' 256')")]
    [InlineData("('x' * 100000)")]
    public async Task Nonsense_from_a_worker_ends_no_connection_and_hurts_nobody(string expression)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(folder, Pool.SampleThatSays(expression)));
        await Client.Ask(daemon.Address("pool"), "hello\n");

        await daemon.Log.WaitFor(Said.Nonsense, "pool");

        Assert.Empty(daemon.Log.All(Said.EndedWithExit));
        Assert.Equal("AGAIN\n", await Client.Ask(daemon.Address("pool"), "again\n"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_worker_that_dies_at_once_puts_the_service_off_and_on_again_when_it_is_mended(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(folder, "#!/bin/sh\nexit 1\n"));
        Assert.Equal("", await Client.Hear(daemon.Address("pool")));
        await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "pool").Any(line => line["State"] == "backing-off"), "backing-off");

        folder.WriteProgram("worker", Pool.Sample);

        Assert.Equal("HELLO\n", await Client.Ask(daemon.Address("pool"), "hello\n"));
        Assert.Equal("online", (await daemon.Log.WaitFor(Said.IsInState, "pool"))["State"]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task After_a_reload_new_connections_get_the_new_program_and_old_ones_keep_theirs(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var service = Pool.Service(folder, Pool.Sample);
        await using var daemon = await RunningDaemon.Start(folder, service);
        var address = daemon.Address("pool");
        using var old = await Speak(address, "old");
        folder.WriteProgram("other", Pool.Sample.Replace("line.upper()", "b'new ' + line", StringComparison.Ordinal));

        await daemon.Reload(service.Replace("/worker'", "/other'", StringComparison.Ordinal));

        Assert.Equal("new client\n", await Client.Ask(address, "client\n"));
        await old.Send("still old\n");
        Assert.Equal("STILL OLD\n", await old.Receive(10));
        old.Dispose();
        await Eventually.Holds(() => daemon.Kernel.Children.Count == 1, "end of the old worker");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Workers_finish_what_they_have_when_the_daemon_ends(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(folder, Pool.Sample));
        using var client = await Speak(daemon.Address("pool"), "one");
        var worker = new LinuxProcess(daemon.Log.All(Said.IsWorker)[0].Pid);

        Assert.Equal(0, await daemon.End(Signals.TERM));

        await client.Send("two\n");
        Assert.Equal("TWO\n", await client.Receive(4));
        client.Dispose();
        await Eventually.Holds(() => !worker.IsAlive, "end of the worker");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_thousand_connections_leave_nothing_behind(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(folder, Pool.Sample));
        var address = daemon.Address("pool");
        await Client.Ask(address, "first\n");
        await daemon.Log.WaitFor(Said.EndedWithExit, "pool");
        var before = daemon.Kernel.Descriptors.Count;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 125; i++)
            {
                Assert.Equal("HELLO\n", await Client.Ask(address, "hello\n"));
            }
        })));

        await daemon.Log.WaitForCount(1001, Said.EndedWithExit, "pool");
        Assert.Equal(before, daemon.Kernel.Descriptors.Count);
    }

    private static async Task<Client> Speak(System.Net.EndPoint address, string word)
    {
        var client = await Client.Connect(address);
        await client.Send(word + "\n");
        Assert.Equal(word.ToUpperInvariant() + "\n", await client.Receive(word.Length + 1));
        return client;
    }
}
