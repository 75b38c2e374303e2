using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>SIGHUP: the difference between two files is carried out, and nobody who is not concerned notices.</summary>
public sealed class ReloadTests
{
    private const string Cat = """
        [service.cat]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/cat"]

        """;

    private const string Other = """
        [service.other]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/echo", "other"]

        """;

    [Theory]
    [Trait("Conformance", "behaviour 11")]
    [Trait("Conformance", "defect 14")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task An_unchanged_listener_keeps_its_very_socket(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        var before = SocketsOf(daemon);

        await daemon.Reload(Cat + Other);

        Assert.Equal(before, SocketsOf(daemon).Intersect(before));
        Assert.Equal("still here", await Client.Ask(daemon.Address("cat"), "still here"));
        Assert.Equal("other\n", await Client.Hear(daemon.Address("other")));
    }

    [Theory]
    [Trait("Conformance", "behaviour 11")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_client_in_the_backlog_is_served_after_the_reload(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat + "max_connections = 1");
        using var first = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");
        using var queued = await Client.Connect(daemon.Address("cat"));
        await queued.Send("patience");

        await daemon.Reload(Cat + "max_connections = 2");

        Assert.Equal("patience", await queued.Receive(8));
        await first.Send("me too");
        Assert.Equal("me too", await first.Receive(6));
    }

    [Theory]
    [Trait("Conformance", "behaviour 11")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_changed_program_applies_from_the_next_start_on_and_children_live(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        var before = SocketsOf(daemon);
        using var early = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");

        await daemon.Reload(Cat.Replace("/bin/cat\"", "/bin/echo\", \"new\"", StringComparison.Ordinal));

        Assert.Equal("new\n", await Client.Hear(daemon.Address("cat")));
        await early.Send("old");
        Assert.Equal("old", await early.Receive(3));
        Assert.Equal(before, SocketsOf(daemon));
    }

    [Theory]
    [Trait("Conformance", "behaviour 11")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_removed_listener_closes_and_its_children_live(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat + Other);
        var address = daemon.Address("cat");
        using var client = await Client.Connect(address);
        await daemon.Log.WaitFor(Said.StartedFor, "cat");

        await daemon.Reload(Other);

        await Assert.ThrowsAsync<SocketException>(() => Client.Connect(address));
        await client.Send("alive");
        Assert.Equal("alive", await client.Receive(5));
        client.EndSending();
        await daemon.Log.WaitFor(Said.EndedWithExit, "cat");
        Assert.Single(daemon.Log.All(Said.NoLongerListening, "cat"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_that_gets_another_address_moves(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        var before = daemon.Address("cat");

        await daemon.Reload(Cat.Replace("127.0.0.1:0", "[::1]:0", StringComparison.Ordinal));

        await Assert.ThrowsAsync<SocketException>(() => Client.Connect(before));
        Assert.Equal("moved", await Client.Ask(daemon.Address("cat"), "moved"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task An_endpoint_keeps_its_socket_when_its_service_is_renamed(Who who)
    {
        await using var start = await RunningDaemon.Start(who, Cat);
        var port = start.Address("cat").Port;
        await start.Kill();
        var named = Cat.Replace("127.0.0.1:0", $"127.0.0.1:{port}", StringComparison.Ordinal);
        await using var daemon = await RunningDaemon.Start(who, named);
        var before = SocketsOf(daemon);

        await daemon.Reload(named.Replace("service.cat", "service.renamed", StringComparison.Ordinal));

        Assert.Equal(before, SocketsOf(daemon));
        Assert.Equal("same", await Client.Ask(new IPEndPoint(IPAddress.Loopback, port), "same"));
        Assert.Equal("renamed", (await daemon.Log.WaitFor(Said.StartedFor))["Service"]);
    }

    [Theory]
    [Trait("Conformance", "behaviour 11")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_file_with_mistakes_changes_nothing_and_the_log_says_why(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        var before = SocketsOf(daemon);

        await daemon.Reload(Other.Replace("exec", "exce", StringComparison.Ordinal) + "backlog = \"many\"\n");

        Assert.Equal(before, SocketsOf(daemon));
        Assert.Equal("unharmed", await Client.Ask(daemon.Address("cat"), "unharmed"));
        Assert.Single(daemon.Log.All(Said.ReloadRefused));
        var problems = daemon.Log.All("{Problem}").Select(line => line["Problem"]).ToList();
        var place = $"{daemon.Folder.At("superserver.toml")}:3:1: ";
        Assert.Contains(problems, problem => problem.StartsWith(place, StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("exec", StringComparison.Ordinal));
        Assert.True(problems.Count >= 2, "both mistakes are told in one run");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Fifty_reloads_under_a_client_loop_refuse_nobody(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        var address = daemon.Address("cat");
        using var stop = new CancellationTokenSource();
        var clients = Task.Run(
            async () =>
            {
                var served = 0;
                for (; !stop.IsCancellationRequested; served++)
                {
                    Assert.Equal("hello", await Client.Ask(address, "hello"));
                }

                return served;
            },
            TestContext.Current.CancellationToken);

        for (var i = 0; i < 50; i++)
        {
            await daemon.Reload(i % 2 == 0 ? Cat + Other : Cat + "umask = \"077\"\n");
        }

        await stop.CancelAsync();
        Assert.True(await clients > 0);
        Assert.Equal(50, daemon.Log.All(Said.Reloaded).Count);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_waiting_server_keeps_its_socket_over_a_reload_and_is_not_started_twice(Who who)
    {
        var receiver = $"""
            [service.receiver]
            listen = "udp:127.0.0.1:0"
            {DatagramServer.Exec(2, "$$")}

            """;
        await using var daemon = await RunningDaemon.Start(who, receiver);
        using var client = new DatagramClient(daemon.Address("receiver", "udp"));
        var first = await client.Ask("one");

        await daemon.Reload(receiver + Other);

        Assert.Equal(first, await client.Ask("two"));
        Assert.Single(daemon.Log.All(Said.StartedOn));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_file_that_appears_in_an_included_folder_is_a_service_more(Who who)
    {
        const string Including = """
            include = ["services.d/*.toml"]

            """;
        await using var daemon = await RunningDaemon.Start(who, Including + Cat);
        daemon.Folder.Create("services.d");
        daemon.Folder.Write("services.d/other.toml", Other);

        await daemon.Reload(Including + Cat);

        Assert.Equal("other\n", await Client.Hear(daemon.Address("other")));
    }

    [Theory]
    [Trait("Conformance", "defect 13")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_that_is_switched_off_is_not_listened_for_until_it_is_switched_on(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat + Other + "enabled = false");
        Assert.Empty(daemon.Endpoints("other"));

        await daemon.Reload(Cat + Other + "enabled = true");

        Assert.Equal("other\n", await Client.Hear(daemon.Address("other")));
    }

    // Inode numbers: a socket that was closed and opened again has another one.
    private static List<string> SocketsOf(RunningDaemon daemon)
    {
        var listening = File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[3] == "0A")
            .Select(fields => $"socket:[{fields[9]}]")
            .ToHashSet();
        return [.. daemon.Kernel.Descriptors.Values.Where(listening.Contains).Order(StringComparer.Ordinal)];
    }
}
