using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>System calls that fail: nobody is lost who need not be, nothing spins, and it passes by itself.</summary>
public sealed class FaultTests
{
    private const string Hello = """
        [service.hello]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/sh", "-c", "echo a word >&2; echo hello"]
        stderr = "log"
        """;

    [Theory]
    [InlineData("EMFILE", true)]
    [InlineData("ENFILE", true)]
    [InlineData("ENOMEM", true)]
    [InlineData("EAGAIN", false)]
    [InlineData("ECONNABORTED", false)]
    public async Task Accepting_fails_and_whoever_came_is_served_a_moment_later(string error, bool isShortage)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Hello);
        await using var faults = await Faults.Inject(daemon, "accept4", error, "1..2");

        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));

        Assert.Equal(2, faults.Injected);
        await daemon.Log.WaitFor(Said.StartedFor);
        Assert.Equal(isShortage ? 1 : 0, daemon.Log.All("{Service} pauses on {Endpoint}").Count);
        Assert.Empty(daemon.Log.All(Said.NoLongerListening));
    }

    [Fact]
    public async Task Accepting_fails_for_a_while_and_the_daemon_idles_meanwhile()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Hello);
        Task<string> answer;
        await using (var faults = await Faults.Inject(daemon, "accept4", "ENFILE", "1+"))
        {
            answer = Client.Hear(daemon.Address("hello"));
            var before = daemon.Kernel.CpuTime;
            await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
            Assert.InRange(faults.Injected, 2, 10);
            Assert.InRange(daemon.Kernel.CpuTime - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal("hello\n", await answer);
        Assert.Single(daemon.Log.All("{Service} pauses on {Endpoint}"));
    }

    [Theory]
    [InlineData("EAGAIN")]
    [InlineData("ENOMEM")]
    public async Task A_child_cannot_be_made_at_once_and_its_client_is_served_all_the_same(string error)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Hello);
        await using var faults = await Faults.Inject(daemon, "clone3", error, "1");

        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));

        Assert.Equal(1, faults.Injected);
        await daemon.Log.WaitForCount(2, Said.StartedFor);
        Assert.Single(daemon.Log.All("{Service} pauses on {Endpoint}"));
    }

    [Fact]
    public async Task No_child_can_be_made_for_a_while_and_one_client_pays_for_it_not_those_who_wait()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Hello);
        await using var faults = await Faults.Inject(daemon, "clone3", "EAGAIN", "1..2");

        var answers = new List<string>();
        foreach (var answer in Enumerable.Range(0, 5).Select(_ => Client.Hear(daemon.Address("hello"))).ToList())
        {
            answers.Add(await answer);
        }

        Assert.Equal(["", "hello\n", "hello\n", "hello\n", "hello\n"], answers.Order(StringComparer.Ordinal));
        var line = await daemon.Log.WaitFor(Said.CouldNotBeStarted, "hello");
        Assert.Equal(("clone", "Resource temporarily unavailable"), (line["Step"], line["Error"].Split(" (")[0]));
        Assert.Empty(daemon.Log.All("{Service} is not started again"));     // a shortage is no fault of the program
    }

    [Theory]
    [InlineData("ENOMEM")]
    [InlineData("ENOSPC")]
    public async Task The_poller_takes_no_more_and_child_and_words_are_seen_all_the_same(string error)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Hello);
        await using var faults = await Faults.Inject(daemon, "epoll_ctl", error, "1..3");

        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));

        Assert.Equal("a word", (await daemon.Log.WaitFor(Said.Says, "hello"))["Line"]);
        Assert.Equal("0", (await daemon.Log.WaitFor(Said.EndedWithExit, "hello"))["ExitCode"]);
        Assert.Equal(3, faults.Injected);
        await Eventually.Holds(() => daemon.Kernel.Children.Count == 0, "burial of the child");
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));
    }

    [Theory]
    [InlineData("ENOMEM")]
    [InlineData("ENOSPC")]
    public async Task The_poller_does_not_take_a_listener_back_at_once_and_who_waits_is_served(string error)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, """
            [service.single]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            max_connections = 1
            """);
        using var inside = await Client.Connect(daemon.Address("single"));
        await daemon.Log.WaitFor(Said.Full, "single");
        await using var faults = await Faults.Inject(daemon, "epoll_ctl", error, "1..2");
        using var outside = await Client.Connect(daemon.Address("single"));
        await outside.Send("my turn");

        inside.Dispose();

        Assert.Equal("my turn", await outside.Receive(7));
        Assert.Equal(2, faults.Injected);
    }

    [Fact]
    public async Task Waiting_is_interrupted_and_goes_on()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Hello);
        await using var faults = await Faults.Inject(daemon, "/^epoll_p?wait$", "EINTR", "1..20");

        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));
        Assert.Equal(20, faults.Injected);
    }

    [Theory]
    [InlineData("ENOBUFS", "sendmsg")]
    [InlineData("ENOMEM", "epoll_ctl")]
    public async Task A_worker_cannot_be_reached_at_once_and_the_client_does_not_pay_for_it(string error, string call)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Pool.Service(folder, Pool.Sample, "pool = { workers = 1 }"));
        await using var faults = await Faults.Inject(daemon, call, error, call == "sendmsg" ? "1" : "1..3");

        Assert.Equal("ONE\n", await Client.Ask(daemon.Address("pool"), "one\n"));
        Assert.Equal("TWO\n", await Client.Ask(daemon.Address("pool"), "two\n"));

        Assert.Equal(call == "sendmsg" ? 1 : 3, faults.Injected);
        await daemon.Log.WaitForCount(2, Said.EndedWithExit);
        Assert.Single(daemon.Log.All(Said.IsWorker));
    }

    [Theory]
    [InlineData(Who.OrdinaryUser, 32)]
    [InlineData(Who.Root, 1_048_576)]
    public async Task With_few_descriptors_and_with_very_many_a_crowd_is_served(Who who, int descriptors)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.slow]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "ulimit -Sn; ulimit -Hn; sleep 0.1"]
            """, "bash", "-c", $"ulimit -n {descriptors} 2>&- || ulimit -n $(ulimit -Hn); exec \"$@\"", "bash");
        var most = daemon.Kernel.Limit("Max open files").Split(' ')[1];     // more than the hard limit only where root may

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Client.Hear(daemon.Address("slow"))));

        Assert.All(answers, answer => Assert.Equal($"{most}\n{most}\n", answer));
        Assert.Empty(daemon.Log.All(Said.CouldNotBeStarted));
    }
}
