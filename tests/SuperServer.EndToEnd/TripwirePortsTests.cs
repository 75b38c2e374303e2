using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>One tripwire on many ports, in each of its modes, and what the daemon lays out for it.</summary>
public sealed class TripwirePortsTests
{
    private const int Ports = 4;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Each_port_of_a_list_and_a_range_has_its_own_policy(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var first = FreePorts();
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder, $$"""
            listen = ["tcp:127.0.0.1:{{first}}", "tcp:127.0.0.1:{{first + 1}}-{{first + 3}}"]
            [service.trip.options]
            on_connect = "message"
            ports."{{first + 1}}" = { on_connect = "close" }
            ports."{{first + 2}}" = { on_connect = "reset" }
            """));

        var told = await Client.Hear(Local(first));
        var closed = await Client.Hear(Local(first + 1));
        await Assert.ThrowsAsync<SocketException>(() => Client.Hear(Local(first + 2)));
        var last = await Client.Hear(Local(first + 3));

        Assert.Contains("127.0.0.1", told, StringComparison.Ordinal);
        Assert.Empty(closed);
        Assert.Contains("127.0.0.1", last, StringComparison.Ordinal);
        var spool = new Spool(folder);
        await Eventually.Holds(() => spool.Touches.Count == Ports, "record of each port");
        Assert.Equal(
            [(first, "message"), (first + 1, "close"), (first + 2, "reset"), (first + 3, "message")],
            spool.Touches.Select(touch => (touch.GetProperty("dst").GetProperty("port").GetInt32(), touch.GetProperty("act").GetString())).Order());
        var machine = (await File.ReadAllTextAsync(folder.At("state/machine-id"), TestContext.Current.CancellationToken)).Trim();
        Assert.All(spool.Touches, touch => Assert.Equal(machine, touch.GetProperty("mid").GetString()));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task One_worker_serves_all_ports(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var first = FreePorts();
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder, $"""
            mode = "pool"
            listen = "tcp:127.0.0.1:{first}-{first + 3}"
            options = {"{"} on_connect = "message", ports.{first + 1}.on_connect = "close" {"}"}
            """));

        Assert.NotEmpty(await Client.Hear(Local(first)));
        Assert.Empty(await Client.Hear(Local(first + 1)));
        Assert.NotEmpty(await Client.Hear(Local(first + 3)));

        var spool = new Spool(folder);
        await Eventually.Holds(() => spool.Touches.Count == 3, "record of each visit");
        Assert.Single(spool.Touches.Select(touch => touch.GetProperty("pid").GetInt32()).Distinct());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_server_takes_the_clients_of_all_ports_by_itself(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var first = FreePorts();
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder, $"""
            mode = "wait"
            listen_fds = true
            listen = "tcp:127.0.0.1:{first}-{first + 3}"
            options = {"{"} on_connect = "message", ports.{first + 1}.on_connect = "close" {"}"}
            """));

        Assert.NotEmpty(await Client.Hear(Local(first + 2)));
        Assert.Empty(await Client.Hear(Local(first + 1)));

        var spool = new Spool(folder);
        await Eventually.Holds(() => spool.Touches.Count == 2, "record of each visit");
        Assert.Single(spool.Touches.Select(touch => touch.GetProperty("pid").GetInt32()).Distinct());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Ports_for_datagrams_record_and_never_answer(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var first = FreePorts();
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder, $"""
            listen = "udp:127.0.0.1:{first}-{first + 3}"
            """));
        using var one = new DatagramClient(Local(first));
        using var other = new DatagramClient(Local(first + 3));
        one.Send("hello");
        other.Send("hello");

        var spool = new Spool(folder);
        await Eventually.Holds(() => spool.Touches.Count == 2, "record of each datagram");
        Assert.All(spool.Touches, touch => Assert.Equal("udp", touch.GetProperty("proto").GetString()));
        Assert.False(one.HasAnswer || other.HasAnswer);
    }

    [Fact]
    public async Task Counters_for_a_full_disk_lie_ready_and_the_machine_s_id_survives_a_new_start()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using (var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder)))
        {
            Assert.Equal("660 superserver-mail notelnet 65536", await Describe($"{new Spool(folder).Path}/{Machine.Gid("notelnet")}/overflow.bin"));
            Assert.Equal("644 root root 17", await Describe(folder.At("state/machine-id")));
        }

        var machine = await File.ReadAllTextAsync(folder.At("state/machine-id"), TestContext.Current.CancellationToken);
        await using var again = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));

        Assert.Equal(machine, await File.ReadAllTextAsync(folder.At("state/machine-id"), TestContext.Current.CancellationToken));
    }

    private static string Tripwire(PrivateFolder folder, string settings)
    {
        Alerting.PrepareMaildir(folder);
        return Alerting.ToMaildir(folder) + $"""
            [service.trip]
            handler = "notelnet"
            {(folder.Owner == Who.Root ? """user = "notelnet" """ : string.Empty)}
            {settings}

            """;
    }

    private static IPEndPoint Local(int port) => new(IPAddress.Loopback, port);

    private static async Task<string> Describe(string path) =>
        (await Command.Run("stat", "-c", "%a %U %G %s", path)).Succeeded().Trim();

    // The first of some in a row, below those that the kernel gives to clients.
    private static int FreePorts()
    {
        while (true)
        {
            var first = Random.Shared.Next(10_000, 30_000);
            if (Enumerable.Range(first, Ports).All(IsFree))
            {
                return first;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(Local(port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
