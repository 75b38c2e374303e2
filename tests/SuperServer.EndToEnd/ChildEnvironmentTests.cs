using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>A child's environment holds what it should and nothing else: every test compares all of it.</summary>
public sealed class ChildEnvironmentTests
{
    private static readonly Dictionary<string, string> _environmentOfTheDaemon = new()
    {
        ["LANG"] = "C.UTF-8",
        ["TZ"] = "Europe/Vienna",
        ["SECRET"] = "for the daemon only",
        ["LISTEN_PID"] = "1",
        ["INVOCATION_ID"] = "5f1e",
        ["DOTNET_TieredPGO"] = "0",
        ["TCPREMOTEHOST"] = "spoofed.example.org",
    };

    [Theory]
    [Trait("Conformance", "behaviour 12")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Of_a_tcp_connection(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, """
            [service.printer]
            listen = "tcp:127.0.0.1:0"
            exec = ["/usr/bin/env", "-0"]
            env = { COLOUR = "blue", "EMPTY" = "" }
            """, _environmentOfTheDaemon);
        var address = daemon.Address("printer");
        using var client = await Client.Connect(address);
        var port = Port(client.Local);

        var environment = Parse(await client.ReceiveAll());

        var connection = (await daemon.Log.WaitFor(Said.StartedFor)).Properties.GetProperty("Connection").ToString();
        Assert.Equal(
            Sorted(new()
            {
                ["PATH"] = environment["PATH"],
                ["LANG"] = "C.UTF-8",
                ["TZ"] = "Europe/Vienna",
                ["PROTO"] = "TCP",
                ["TCPREMOTEIP"] = "127.0.0.1",
                ["TCPREMOTEPORT"] = port,
                ["TCPLOCALIP"] = "127.0.0.1",
                ["TCPLOCALPORT"] = Port(address),
                ["REMOTE_ADDR"] = "127.0.0.1",
                ["REMOTE_PORT"] = port,
                ["REMOTE_HOST"] = "127.0.0.1",
                ["SUPERSERVER_SERVICE"] = "printer",
                ["SUPERSERVER_CONNECTION"] = connection,
                ["COLOUR"] = "blue",
                ["EMPTY"] = "",
            }),
            environment);
        Assert.Contains("/usr/bin", environment["PATH"].Split(':'));
    }

    [Theory]
    [Trait("Conformance", "behaviour 12")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Of_a_tcp_connection_over_IPv6(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.printer]
            listen = "tcp:[::1]:0"
            exec = ["/usr/bin/env", "-0"]
            """);
        using var client = await Client.Connect(daemon.Address("printer"));
        var port = Port(client.Local);

        var environment = Parse(await client.ReceiveAll());

        Assert.Equal(("TCP", "::1", "::1", "::1", "::1"), (environment["PROTO"], environment["TCPREMOTEIP"],
            environment["TCPLOCALIP"], environment["REMOTE_ADDR"], environment["REMOTE_HOST"]));
        Assert.Equal((port, port), (environment["TCPREMOTEPORT"], environment["REMOTE_PORT"]));
    }

    [Theory]
    [Trait("Conformance", "behaviour 12")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Of_a_server_that_waits_names_no_client(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.printer]
            listen = "udp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "exec sleep 60"]
            """);
        using var client = new DatagramClient(daemon.Address("printer", "udp"));
        client.Send("hello");

        var child = await daemon.Child("printer");
        await Eventually.Holds(() => child.CommandLine[0] == "sleep", "second program of the child");

        Assert.Equal(
            ["PATH", "PROTO", "PWD", "SUPERSERVER_CONNECTION", "SUPERSERVER_SERVICE", "UDPLOCALIP", "UDPLOCALPORT"],
            child.Environment.Keys.Except(["OLDPWD", "SHLVL", "_"]).Order(StringComparer.Ordinal));
        Assert.Equal(("UDP", "127.0.0.1", Port(daemon.Address("printer", "udp"))),
            (child.Environment["PROTO"], child.Environment["UDPLOCALIP"], child.Environment["UDPLOCALPORT"]));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Of_a_unix_connection_tells_who_the_client_is(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.printer]
            listen = "unix:{folder.At("printer.sock")}"
            exec = ["/usr/bin/env", "-0"]
            """);

        var environment = Parse(await Client.Hear(new UnixDomainSocketEndPoint(folder.At("printer.sock"))));

        Assert.Equal(
            ["IPCLOCALPATH", "IPCREMOTEEGID", "IPCREMOTEEUID", "IPCREMOTEPID", "PATH", "PROTO",
                "SUPERSERVER_CONNECTION", "SUPERSERVER_SERVICE"],
            environment.Keys);
        Assert.Equal(folder.At("printer.sock"), environment["IPCLOCALPATH"]);
        Assert.Equal(("IPC", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
            (environment["PROTO"], environment["IPCREMOTEPID"]));
        Assert.Equal(new LinuxProcess(Environment.ProcessId).Status("Uid").Split(' ')[1], environment["IPCREMOTEEUID"]);
    }

    private static string Port(EndPoint address) => ((IPEndPoint)address).Port.ToString(CultureInfo.InvariantCulture);

    private static SortedDictionary<string, string> Sorted(Dictionary<string, string> variables) =>
        new(variables, StringComparer.Ordinal);

    private static SortedDictionary<string, string> Parse(string printed) => Sorted(printed.TrimEnd('\0').Split('\0')
        .Select(entry => entry.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]));
}
