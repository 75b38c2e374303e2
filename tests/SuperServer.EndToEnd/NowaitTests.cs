using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>One child for each connection: inetd's stream nowait.</summary>
public sealed class NowaitTests
{
    private const string Cat = """
        [service.cat]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/cat"]
        max_connections = 500
        """;

    private const string Greeter = """
        [service.greeter]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/echo", "hello"]
        """;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_client_talks_to_the_program_behind_the_port(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);

        Assert.Equal("what I said", await Client.Ask(daemon.Address("cat"), "what I said"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Start_and_end_are_in_the_log_under_one_id(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.brief]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "exit 3"]
            """);
        using var client = await Client.Connect(daemon.Address("brief"));

        var end = await daemon.Log.WaitFor(Said.EndedWithExit, "brief");
        var start = await daemon.Log.WaitFor(Said.StartedFor, "brief");

        Assert.Equal(("3", start["Connection"], start["Pid"]), (end["ExitCode"], end["Connection"], end["Pid"]));
        Assert.NotEmpty(start["Connection"]);
        Assert.Equal((client.Local.ToString(), daemon.Address("brief").ToString()), (start["Peer"], start["Local"]));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_that_a_signal_ended_is_logged_with_the_signal(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.suicidal]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "kill -9 $$"]
            """);
        await Client.Hear(daemon.Address("suicidal"));

        Assert.Contains((await daemon.Log.WaitFor(Said.EndedBySignal, "suicidal"))["Signal"], new[] { "9", "SIGKILL", "KILL" });
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Two_hundred_connections_are_held_open_at_once(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        var clients = new List<Client>();
        for (var i = 0; i < 200; i++)
        {
            clients.Add(await Client.Connect(daemon.Address("cat")));
        }

        foreach (var (client, number) in clients.Select((client, number) => (client, number)))
        {
            await client.Send(Number(number));
            Assert.Equal(Number(number), await client.Receive(3));
        }

        Assert.Equal(200, daemon.Kernel.Children.Count(child => child.IsAlive));
        clients.ForEach(client => client.Dispose());
        await Eventually.Holds(() => daemon.Kernel.Children.Count == 0, "end of the last child");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Five_thousand_connections_in_a_row_leave_no_zombie_and_no_descriptor(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Greeter);
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("greeter")));
        await daemon.Log.WaitFor(Said.EndedWithExit);
        var before = daemon.Kernel.Descriptors.Count;

        for (var i = 0; i < 5000; i++)
        {
            Assert.Equal("hello\n", await Client.Hear(daemon.Address("greeter")));
        }

        await daemon.Log.WaitForCount(5001, Said.EndedWithExit);
        Assert.Empty(daemon.Kernel.Children);
        Assert.Equal(before, daemon.Kernel.Descriptors.Count);
        Assert.Equal(5001, daemon.Log.All(Said.StartedFor).Select(line => line["Connection"]).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Eight_clients_at_once_are_all_served_for_as_long_as_they_like(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Greeter);
        var address = daemon.Address("greeter");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                Assert.Equal("hello\n", await Client.Hear(address));
            }
        })));

        await Eventually.Holds(() => daemon.Kernel.Children.Count == 0, "end of the last child");
    }

    [Theory]
    [Trait("Conformance", "defect 3")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_full_service_lets_the_next_clients_wait_and_then_serves_them_all(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.cat]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            max_connections = 2
            """);
        var address = daemon.Address("cat");
        using var first = await Client.Connect(address);
        using var second = await Client.Connect(address);
        await daemon.Log.WaitForCount(2, Said.StartedFor);
        var waiting = Enumerable.Range(0, 10).Select(number => Client.Ask(address, Number(number))).ToList();

        await second.Send("x");
        Assert.Equal("x", await second.Receive(1));      // the daemon has seen the crowd by now and lives
        Assert.Equal(2, daemon.Kernel.Children.Count);
        first.Dispose();
        second.Dispose();

        Assert.Equal(Enumerable.Range(0, 10).Select(Number), await Task.WhenAll(waiting));
        Assert.True(MostAtOnce(daemon.Log.Lines) <= 2);
    }

    [Theory]
    [Trait("Conformance", "defect 3")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_full_service_can_close_on_the_next_client_instead_and_the_log_names_the_limit(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, OnePlace("close"));
        using var first = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor);
        using var second = await Client.Connect(daemon.Address("cat"));

        Assert.Empty(await second.ReceiveAll());

        var refusal = await daemon.Log.WaitFor(Said.Refused, "cat");
        Assert.Equal($"limit=max_connections max=1 set-at={daemon.Folder.At("superserver.toml")}:4", refusal["Refusal"]);
        Assert.Equal(second.Local.ToString(), refusal["Peer"]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_full_service_can_reset_the_next_client_instead(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, OnePlace("reset"));
        using var first = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor);

        var refused = await Assert.ThrowsAsync<SocketException>(() => Client.Hear(daemon.Address("cat")));

        Assert.Equal(SocketError.ConnectionReset, refused.SocketErrorCode);
        await first.Send("unharmed");
        Assert.Equal("unharmed", await first.Receive(8));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Clients_that_reset_at_once_trouble_nobody_and_keep_their_address(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Greeter);
        var address = daemon.Address("greeter");
        var scanners = new List<IPEndPoint>();
        for (var i = 0; i < 100; i++)
        {
            scanners.Add(await Client.ConnectAndReset(address));
        }

        await daemon.Log.WaitForCount(100, Said.StartedFor);
        await daemon.Log.WaitForCount(100, Said.Ended);

        Assert.Equal(
            scanners.Select(scanner => scanner.ToString()).Order(),
            daemon.Log.All(Said.StartedFor).Select(line => line["Peer"]).Order());
        Assert.Equal("hello\n", await Client.Hear(address));
    }

    private static string OnePlace(string overflow) => $"""
        [service.cat]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/cat"]
        max_connections = 1
        overflow = "{overflow}"
        """;

    private static string Number(int number) => number.ToString("000", CultureInfo.InvariantCulture);

    private static int MostAtOnce(IEnumerable<LogLine> log)
    {
        var (now, most) = (0, 0);
        foreach (var line in log)
        {
            now += line.Template == Said.StartedFor ? 1 : line.Template.StartsWith(Said.Ended, StringComparison.Ordinal) ? -1 : 0;
            most = Math.Max(most, now);
        }

        return most;
    }
}
