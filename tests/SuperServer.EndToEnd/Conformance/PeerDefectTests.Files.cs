using System.Net;
using System.Text.RegularExpressions;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd.Conformance;

/// <summary>Defects 10 to 18: files and manuals, reloads, what children inherit, and how trouble ends.</summary>
public sealed partial class PeerDefectTests
{
    // Files that somebody has saved too early.
    private static readonly string[] _brokenLines =
    [
        "x", "[", "[service", "tcp", "=", "\0", "\u00ff\u00fe[", "7", "[service.x]\nlisten", "listen = \"tcp:",
    ];

    [Theory]
    [Trait("Conformance", "defect 10")]
    [Trait("Conformance", "defect 14")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Each_reload_keeps_every_socket_of_every_kind_and_of_every_file(Who who)
    {
        using var folder = PrivateFolder.For(who);
        folder.Create("services.d");
        folder.Write("services.d/other.toml", Other);
        var services = $"""
            include = ["services.d/*.toml"]
            {Cat}
            [service.six]
            listen = "tcp:[::1]:0"
            exec = ["/bin/cat"]

            [service.datagrams]
            listen = ["udp:127.0.0.1:0", "udp:[::1]:0", "unix-dgram:{folder.At("d.sock")}"]
            {Sleeper}

            [service.unix]
            listen = ["unix:{folder.At("s.sock")}", "unix-seqpacket:{folder.At("q.sock")}"]
            exec = ["/bin/cat"]

            """;
        await using var daemon = await RunningDaemon.Start(folder, services);
        var listeners = daemon.Log.All(Said.Listening).Count;
        var before = SocketsOf(daemon);
        Assert.True(before.Count >= listeners && listeners == 8, $"{listeners} listeners, {before.Count} sockets");

        for (var i = 0; i < 3; i++)
        {
            await daemon.Reload(services);
            Assert.Equal(before, SocketsOf(daemon));
        }

        Assert.Equal(listeners, daemon.Log.All(Said.Listening).Count);
        Assert.Empty(daemon.Log.All(Said.NoLongerListening));
        Assert.Equal("other\n", await Client.Hear(daemon.Address("other")));
    }

    [Theory]
    [Trait("Conformance", "defect 10")]
    [Trait("Conformance", "defect 13")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_default_that_the_manual_tells_is_the_one_that_holds(Who who)
    {
        var told = KeyRow().Matches(Manual()).Single(row => row.Groups[1].Value == "max_connections").Groups[2].Value;
        await using var daemon = await RunningDaemon.Start(who, Cat);

        Assert.Contains($" 0/{told} ", (await daemon.Command("status")).Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Conformance", "defect 12")]
    [InlineData("deny = [\"127.0.0.0/8\"]")]
    [InlineData("allow = []")]
    public async Task Who_may_not_come_in_is_logged_once_as_refused_and_no_process_is_ever_made_for_it(string rule)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.secret]
            listen = "tcp:127.0.0.1:0"
            exec = ["/usr/bin/touch", "{folder.At("started")}"]
            {rule}

            {Other}
            """);
        Assert.Equal("other\n", await Client.Hear(daemon.Address("other")));
        await daemon.Log.WaitFor(Said.EndedWithExit, "other");
        var before = daemon.Kernel.FaultsOfReaped;
        Assert.True(before > 0, "no process leaves no trace");

        Assert.Empty(await Client.Hear(daemon.Address("secret")));

        await daemon.Log.WaitFor(Said.Refused, "secret");
        Assert.Empty(daemon.Kernel.Children);
        Assert.Equal(before, daemon.Kernel.FaultsOfReaped);
        Assert.Equal(["refused"], daemon.Log.Lines.Where(line => line["Service"] == "secret" && line["Connection"].Length > 0)
            .Select(line => line.Template == Said.Refused ? "refused" : line.Template));
        Assert.False(File.Exists(folder.At("started")));
    }

    [Theory]
    [Trait("Conformance", "defect 12")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_time_of_a_rate_is_its_time_and_not_its_count(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Other + "rate = \"1/min\"\noverflow = \"close\"");
        Assert.Equal("other\n", await Client.Hear(daemon.Address("other")));

        await Task.Delay(1500, TestContext.Current.CancellationToken);     // longer than "1" in any unit but minutes

        Assert.Empty(await Client.Hear(daemon.Address("other")));
    }

    [Fact]
    [Trait("Conformance", "defect 13")]
    public async Task Each_key_of_a_service_that_the_manual_describes_is_known_to_the_program()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var keys = KeyRow().Matches(Manual()).Select(row => row.Groups[1].Value).ToList();
        Assert.True(keys.Count > 50, $"{keys.Count} keys");
        var settings = string.Join('\n', keys.Append("qqqq").Select(key => $"{key} = 1979-05-27"));
        var file = folder.Write("all.toml", $"[service.x]\n{settings}\n");

        var check = await Command.Run(Programs.Daemon, "check", file);

        Assert.Equal(78, check.ExitCode);
        var unknown = (check.Error + check.Output).Split('\n')
            .Where(line => line.Contains("has no setting", StringComparison.Ordinal));
        Assert.Contains("'qqqq'", Assert.Single(unknown), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Conformance", "defect 13")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task After_a_reload_the_new_rules_hold_for_the_next_client_and_who_is_inside_stays(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);
        using var inside = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");

        await daemon.Reload(Cat + "deny = [\"127.0.0.1\"]");

        Assert.Empty(await Client.Hear(daemon.Address("cat")));
        await inside.Send("still");
        Assert.Equal("still", await inside.Receive(5));
        await daemon.Reload(Cat);
        Assert.Equal("welcome", await Client.Ask(daemon.Address("cat"), "welcome"));
    }

    [Theory]
    [Trait("Conformance", "defect 15")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_short_or_broken_line_never_ends_the_daemon(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat);

        for (var i = 0; i < _brokenLines.Length; i++)
        {
            daemon.Folder.Replace("superserver.toml", _brokenLines[i]);
            daemon.Signal(Signals.HUP);
            await daemon.Log.WaitForCount(i + 1, Said.ReloadRefused);
        }

        Assert.Equal("unharmed", await Client.Ask(daemon.Address("cat"), "unharmed"));
    }

    [Fact]
    [Trait("Conformance", "defect 15")]
    public async Task A_port_may_be_a_number_wherever_it_may_be_a_name()
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, """
            [service.7007]
            exec = ["/bin/echo", "by its name"]

            [service.numbers]
            listen = ["tcp:127.0.0.1:1", "tcp:[::1]:65535"]
            exec = ["/bin/echo", "by its address"]
            """);

        Assert.Equal("by its name\n", await Client.Hear(IPEndPoint.Parse("127.0.0.1:7007")));
        Assert.Equal("by its address\n", await Client.Hear(IPEndPoint.Parse("127.0.0.1:1")));
        Assert.Equal("by its address\n", await Client.Hear(IPEndPoint.Parse("[::1]:65535")));
    }

    [Theory]
    [Trait("Conformance", "defect 16")]
    [Trait("Conformance", "defect 17")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_of_any_mode_leads_a_session_and_has_no_descriptor_of_the_daemons_or_of_those_before_it(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, string.Concat(Modes().Select(mode => $"""
                [service.{mode.Key}]
                listen = "{mode.Value}:127.0.0.1:0"
                mode = "{mode.Key.Split('-')[0]}"
                stderr = "log"
                {Sleeper}

                """)), "/bin/sh", "-c", "exec 5</dev/null 9</dev/null; exec \"$@\"", "sh");
        var clients = new List<IDisposable>();
        foreach (var (service, scheme) in Modes())
        {
            clients.Add(scheme == "udp" ? Tell(daemon, service) : await Client.Connect(daemon.Address(service)));
        }

        await Eventually.Holds(() => daemon.Kernel.Children.Count == Modes().Count, "child of each mode");
        await Eventually.Holds(
            () => daemon.Kernel.Children.All(child => child.CommandLine[0] == "sleep"), "program in each child");

        Assert.All(daemon.Kernel.Children, child =>
        {
            Assert.Equal([0, 1, 2], child.Descriptors.Keys);
            Assert.Equal((child.Pid, 0), (child.Session, child.Terminal));
        });
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    [Trait("Conformance", "defect 16")]
    public async Task The_files_that_are_shipped_as_examples_are_accepted()
    {
        Machine.MustAllow(Who.Root);

        var check = await Command.Run(Programs.Daemon, "check", Path.Combine(Programs.Project, "config/superserver.toml"));

        Assert.Contains("telnet", check.Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Conformance", "defect 16")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_reload_forgets_no_connection_no_rate_and_no_bar(Who who)
    {
        var services = $"""
            {Cat}
            max_connections = 1
            overflow = "close"

            [service.fast]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "fast"]
            rate = "1/h"
            overflow = "close"

            [service.trap]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/true"]
            sensor = "1h"

            """;
        const string Daemon = """
            [daemon]
            never_bar = ["127.0.0.1"]
            """;
        await using var daemon = await RunningDaemon.Start(who, services + Daemon);
        using var inside = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");
        Assert.Equal("fast\n", await Client.Hear(daemon.Address("fast")));
        Assert.Empty(await Client.Hear(daemon.Address("trap"), "127.0.0.66"));

        await daemon.Reload(services + Other + Daemon);

        Assert.Empty(await Client.Hear(daemon.Address("cat")));
        Assert.Empty(await Client.Hear(daemon.Address("fast")));
        Assert.Empty(await Client.Hear(daemon.Address("other"), "127.0.0.66"));
        await daemon.Log.WaitForCount(3, Said.Refused);
        Assert.Equal(
            ["limit=max_connections", "limit=rate", "limit=barred"],
            daemon.Log.All(Said.Refused).Select(line => line["Refusal"].Split(' ')[0]));
        Assert.Equal("other\n", await Client.Hear(daemon.Address("other")));
    }

    [Theory]
    [Trait("Conformance", "defect 18")]
    [InlineData("queue")]
    [InlineData("close")]
    public async Task After_a_flood_a_service_with_every_limit_serves_again_without_anybodys_help(string overflow)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, $$"""
            {{Other}}
            max_connections = 2
            max_per_source = 2
            rate = "20/s"
            rate_per_source = "10/s"
            overflow = "{{overflow}}"

            [daemon]
            max_children = 2
            """);
        var address = daemon.Address("other");

        for (var i = 0; i < 60; i++)
        {
            using var flooder = await Client.Connect(address, $"127.0.1.{i % 4 + 1}");
        }

        for (var deadline = Deadline.Soon; await Client.Hear(address) != "other\n"; await Task.Delay(100, deadline))
        {
        }

        for (var deadline = Deadline.Soon; !await IsOnline(); await Task.Delay(100, deadline))
        {
        }

        async Task<bool> IsOnline() => (await daemon.Command("status")).Succeeded().Contains(" online ", StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Modes() => new()
    {
        ["nowait-tcp"] = "tcp",
        ["nowait-udp"] = "udp",
        ["wait-tcp"] = "tcp",
        ["wait-udp"] = "udp",
        ["pool-tcp"] = "tcp",
    };

    private static List<string> SocketsOf(RunningDaemon daemon) => [.. daemon.Kernel.Descriptors.Values
        .Where(target => target.StartsWith("socket:", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    private static string Manual()
    {
        var text = File.ReadAllText(Path.Combine(Programs.Project, "docs/configuration.md"));
        var start = text.IndexOf("## `[service.NAME]`", StringComparison.Ordinal);
        return text[start..text.IndexOf("\n###", start, StringComparison.Ordinal)];
    }

    /// <summary>A key and its default.</summary>
    [GeneratedRegex(@"^\| `([a-z0-9_]+)` \| [^|]* \| ([^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex KeyRow();
}
