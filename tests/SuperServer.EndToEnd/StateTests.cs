using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>What a service is doing when it is not simply online, how it comes to it and how it gets out of it.</summary>
public sealed class StateTests
{
    private const string Cat = """
        [service.cat]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/cat"]
        """;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_port_that_somebody_else_has_makes_the_service_wait_names_the_holder_and_is_taken_when_it_is_free(Who who)
    {
        using var other = Occupy(out var port);
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.late]
            listen = "tcp:127.0.0.1:{port}"
            exec = ["/bin/echo", "here at last"]
            {Cat}
            """);

        var why = (await daemon.Log.WaitFor(Said.CannotListen, "late"))["Why"];
        Assert.Equal("waiting-for-address", (await daemon.Log.WaitFor(Said.IsInState, "late"))["State"]);
        if (who == Who.Root)
        {
            Assert.Contains($"pid {Environment.ProcessId}", why, StringComparison.Ordinal);
        }

        other.Dispose();
        await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "late").Any(line => line["State"] == "online"), "online");
        Assert.Equal("here at last\n", await Client.Hear(new IPEndPoint(IPAddress.Loopback, port)));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_that_has_some_of_its_endpoints_is_degraded_and_serves_there(Who who)
    {
        using var other = Occupy(out var port);
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.half]
            listen = ["tcp:127.0.0.1:0", "tcp:127.0.0.1:{port}"]
            exec = ["/bin/echo", "half"]
            """);

        Assert.Equal("degraded", (await daemon.Log.WaitFor(Said.IsInState, "half"))["State"]);
        Assert.Equal("half\n", await Client.Hear(daemon.Address("half")));

        other.Dispose();
        await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "half")[^1]["State"] == "online", "online");
    }

    [Fact]
    public async Task An_address_that_comes_up_later_is_listened_on_then()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.later]
            listen = "tcp:192.0.2.77:7070"
            exec = ["/bin/echo", "hello"]
            {Cat}
            """);
        Assert.Equal("waiting-for-address", (await daemon.Log.WaitFor(Said.IsInState, "later"))["State"]);

        (await Command.Run("ip", "address", "add", "192.0.2.77/32", "dev", "lo")).Succeeded();
        try
        {
            await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "later")[^1]["State"] == "online", "online");
            Assert.Equal("hello\n", await Client.Hear(IPEndPoint.Parse("192.0.2.77:7070")));
        }
        finally
        {
            (await Command.Run("ip", "address", "del", "192.0.2.77/32", "dev", "lo")).Succeeded();
        }
    }

    [Theory]
    [Trait("Conformance", "behaviour 9")]
    [Trait("Conformance", "defect 7")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_program_that_is_gone_puts_its_service_off_and_who_comes_meanwhile_is_served_when_it_is_back(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var program = folder.WriteProgram("program", "#!/bin/sh\necho back\n");
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.fragile]
            listen = "tcp:127.0.0.1:0"
            exec = ['{program}']
            """);
        File.Move(program, program + ".away");
        Assert.Equal("", await Client.Hear(daemon.Address("fragile")));

        var waiting = Client.Hear(daemon.Address("fragile"));
        await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "fragile").Any(line => line["State"] == "backing-off"), "backing-off");
        File.Move(program + ".away", program);

        Assert.Equal("back\n", await waiting);
        await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "fragile")[^1]["State"] == "online", "online");
        Assert.Single(daemon.Log.All(Said.CouldNotBeStarted));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_that_is_paused_lets_its_clients_wait_until_it_is_resumed(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        using var inside = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");

        Assert.Equal("cat is paused\n", (await daemon.Command("pause", "cat")).Succeeded());
        using var outside = await Client.Connect(daemon.Address("cat"));
        await outside.Send("outside");
        await inside.Send("inside");
        Assert.Equal("inside", await inside.Receive(6));
        Assert.Single(daemon.Log.All(Said.StartedFor));

        Assert.Equal("cat is online\n", (await daemon.Command("resume", "cat")).Succeeded());
        Assert.Equal("outside", await outside.Receive(7));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_that_leaves_the_file_is_draining_as_long_as_its_children_live(Who who)
    {
        const string Other = """
            [service.other]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """;
        await using var daemon = await RunningDaemon.Start(who, $"{Other}\n{Cat}");
        using var inside = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");

        await daemon.Reload(Other);

        Assert.Equal("draining", (await Service(daemon, "cat"))!.Value.GetProperty("state").GetString());
        await inside.Send("still");
        Assert.Equal("still", await inside.Receive(5));
        inside.Dispose();
        await daemon.Log.WaitFor(Said.EndedWithExit, "cat");
        Assert.Null(await Service(daemon, "cat"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_that_is_switched_off_is_disabled_and_on_again_after_a_reload(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"{Cat}\n[service.off]\nlisten = \"tcp:127.0.0.1:0\"\nexec = [\"/bin/cat\"]\nenabled = false");

        Assert.Equal("disabled", (await Service(daemon, "off"))!.Value.GetProperty("state").GetString());

        await daemon.Reload($"{Cat}\n[service.off]\nlisten = \"tcp:127.0.0.1:0\"\nexec = [\"/bin/cat\"]");
        Assert.Equal("online", (await Service(daemon, "off"))!.Value.GetProperty("state").GetString());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task SIGUSR1_puts_the_whole_state_into_the_log_as_a_table(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        using var inside = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");

        daemon.Signal(Signals.USR1);
        await daemon.Log.WaitForCount(2, Said.Row);

        var rows = daemon.Log.All(Said.Row).Select(line => line["Row"].Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(["SERVICE", "STATE", "MODE", "ENDPOINT", "NOW/MAX", "CHILDREN", "SERVED", "REFUSED", "WHY"], rows[0]);
        Assert.Equal(["cat", "online", "nowait", $"tcp:{daemon.Address("cat")}", "1/256", "1", "1", "0"], rows[1]);
        Assert.Equal(rows.Select(row => string.Join(' ', row)),
            (await daemon.Command("status")).Succeeded().TrimEnd().Split('\n')
                .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Commands_that_cannot_be_obeyed_say_why(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);

        var unknown = await daemon.Command("pause", "dog");
        Assert.Equal((69, "superserver: there is no service 'dog' (services: cat)\n"), (unknown.ExitCode, unknown.Error));

        await daemon.End(Signals.TERM);
        var nobody = await daemon.Command("status");
        Assert.Equal(69, nobody.ExitCode);
        Assert.Contains("is superserver running with this configuration?", nobody.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_root_and_the_daemons_own_user_may_ask()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var daemon = await RunningDaemon.Start(folder, Cat);

        var stranger = await Command.Run(
            [.. Machine.Becoming(Who.OrdinaryUser), Programs.Daemon, "status", "--config", folder.At("superserver.toml")]);

        Assert.Equal(69, stranger.ExitCode);
        Assert.Contains("only root and the daemon's own user may ask", stranger.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonElement?> Service(RunningDaemon daemon, string name)
    {
        var answer = JsonDocument.Parse((await daemon.Command("status", "--json")).Succeeded()).RootElement;
        var found = answer.GetProperty("services").EnumerateArray().Where(service => service.GetProperty("name").GetString() == name);
        return found.Select(service => (JsonElement?)service).SingleOrDefault();
    }

    private static Socket Occupy(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
