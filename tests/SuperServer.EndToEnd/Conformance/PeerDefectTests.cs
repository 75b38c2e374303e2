using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd.Conformance;

/// <summary>
/// What other super-servers get wrong, one test for each defect that was counted. Those that other classes prove already carry
/// the same trait there.
/// </summary>
public sealed partial class PeerDefectTests
{
    private const string Sleeper = """
        exec = ["/bin/sleep", "60"]
        """;

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

    private static readonly string _environment = DatagramServer.Exec(1, "join(\"\\n\", map { \"$_=$ENV{$_}\" } sort keys %ENV)");

    [Theory]
    [Trait("Conformance", "defect 1")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Buffers_have_the_size_that_the_file_says_with_and_without_a_unit(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.buffers]
            listen = "tcp:127.0.0.1:0"
            exec = ["/usr/bin/perl", "-e", 'print join(" ", map { unpack("i", getsockopt(STDIN, 1, $_)) } 7, 8), "\n"']
            send_buffer = 24576
            receive_buffer = "48KiB"
            """);

        Assert.Equal("49152 98304\n", await Client.Hear(daemon.Address("buffers")));       // the kernel doubles them
    }

    [Theory]
    [Trait("Conformance", "defect 2")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_datagram_that_has_to_wait_for_a_limit_of_any_kind_keeps_nobody_busy(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.full]
            listen = "udp:127.0.0.1:0"
            mode = "nowait"
            max_connections = 1
            {Sleeper}

            [service.fast]
            listen = "udp:127.0.0.1:0"
            mode = "nowait"
            rate = "1/h"
            {Sleeper}

            [service.single]
            listen = "udp:127.0.0.1:0"
            mode = "nowait"
            max_per_source = 1
            {Sleeper}

            [service.late]
            listen = "udp:127.0.0.1:0"
            {DatagramServer.Exec(1, "$text")}

            [daemon]
            max_children = 3
            """);
        var clients = new List<DatagramClient>();
        foreach (var service in (string[])["full", "fast", "single"])
        {
            clients.Add(Tell(daemon, service));
            await daemon.Log.WaitFor(Said.StartedFor, service);
            clients.Add(Tell(daemon, service));
        }

        clients.Add(Tell(daemon, "late"));
        await daemon.IdlesFor(TimeSpan.FromSeconds(2));

        Assert.Equal(3, daemon.Kernel.Children.Count);
        Assert.Empty(daemon.Log.All(Said.StartedOn));
        Machine.KillIfAlive((await daemon.Child("fast")).Pid);     // nobody else there may come in before the hour is over
        Assert.Equal("hello", await clients[^1].Receive());
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [Trait("Conformance", "defect 3")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Each_client_over_a_limit_of_a_high_port_has_a_line_in_the_log(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Cat + """
            max_connections = 2
            overflow = "close"
            """);

        var clients = await daemon.InOneMoment(() => Client.ConnectMany(10, daemon.Address("cat")));

        foreach (var client in clients.Skip(2))
        {
            Assert.Empty(await client.ReceiveAll());
        }

        await daemon.Log.WaitForCount(8, Said.Refused, "cat");
        Assert.Equal(
            clients.Skip(2).Select(client => client.Local.ToString()), daemon.Log.All(Said.Refused).Select(line => line["Peer"]));
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [Trait("Conformance", "defect 3")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_that_lets_its_clients_wait_lets_them_wait_for_the_places_of_other_services_too(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            {Cat}
            {Other}
            [daemon]
            max_children = 1
            """);
        using var inside = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");
        var waiting = Client.Hear(daemon.Address("other"));
        var full = await daemon.Log.WaitFor(Said.Full, "other");

        inside.Dispose();

        Assert.Equal("other\n", await waiting);
        Assert.StartsWith("limit=max_children max=1 set-at=", full["Refusal"], StringComparison.Ordinal);
        Assert.Empty(daemon.Log.All(Said.Refused));
    }

    [Theory]
    [Trait("Conformance", "defect 3")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Who_waits_for_a_place_among_all_children_has_one_when_the_file_allows_more(Who who)
    {
        static string WithAtMost(int children) => $"{Cat}{Other}[daemon]\nmax_children = {children}";
        await using var daemon = await RunningDaemon.Start(who, WithAtMost(1));
        using var inside = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.StartedFor, "cat");
        var waiting = Client.Hear(daemon.Address("other"));
        await daemon.Log.WaitFor(Said.Full, "other");

        await daemon.Reload(WithAtMost(2));

        Assert.Equal("other\n", await waiting);
    }

    [Theory]
    [Trait("Conformance", "defect 4")]
    [InlineData("user = 'root:outsiders'")]
    [InlineData("user = 'root'\ngroup = 'outsiders'")]
    public async Task A_service_of_root_has_the_group_that_the_file_says_and_no_way_back(string identity)
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, $"{Cat}{identity}");
        using var client = await Client.Connect(daemon.Address("cat"));
        var child = await daemon.Child("cat");

        var group = Machine.Gid("outsiders");
        Assert.Equal(("0 0 0 0", $"{group} {group} {group} {group}"), (child.Status("Uid"), child.Status("Gid")));
    }

    [Theory]
    [Trait("Conformance", "defect 5")]
    [InlineData(Who.Root, "nowait")]
    [InlineData(Who.OrdinaryUser, "nowait")]
    [InlineData(Who.Root, "wait")]
    [InlineData(Who.OrdinaryUser, "wait")]
    public async Task One_datagram_starts_one_process_however_long_that_takes_to_read_it(Who who, string mode)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.slow]
            listen = "udp:127.0.0.1:0"
            mode = "{mode}"
            {Sleeper}
            """);
        using var client = Tell(daemon, "slow");
        await daemon.Log.WaitFor("{Service} {Connection} started", "slow");

        await daemon.IdlesFor(TimeSpan.FromMilliseconds(500));

        Assert.Single(daemon.Log.All("{Service} {Connection} started"));
        Assert.Single(daemon.Kernel.Children);
    }

    [Theory]
    [Trait("Conformance", "defect 6")]
    [InlineData("max_connections = 3")]
    [InlineData("max_per_source = 3")]
    [InlineData("rate = '3/h'")]
    [InlineData("rate_per_source = '3/h'")]
    [InlineData("[daemon]\nmax_children = 3")]
    public async Task A_limit_of_three_serves_three(string limit)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, $"{Cat}overflow = \"close\"\n{limit}");

        var clients = await daemon.InOneMoment(() => Client.ConnectMany(5, daemon.Address("cat")));

        foreach (var client in clients.Take(3))
        {
            await client.Send("in");
            Assert.Equal("in", await client.Receive(2));
        }

        foreach (var client in clients.Skip(3))
        {
            Assert.Empty(await client.ReceiveAll());
        }

        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [Trait("Conformance", "defect 6")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_worker_that_has_room_serves_on_although_there_are_as_many_children_as_there_may_be(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            {Pool.Service(folder, Pool.Sample, "pool = { workers = 2, max_concurrent = 2 }")}

            [daemon]
            max_children = 1
            """);
        var clients = await Client.ConnectMany(3, daemon.Address("pool"));

        foreach (var client in clients.Take(2))
        {
            await client.Send("hello\n");
            Assert.Equal("HELLO\n", await client.Receive(6));
        }

        var full = await daemon.Log.WaitFor(Said.Full, "pool");
        Assert.StartsWith("limit=max_children ", full["Refusal"], StringComparison.Ordinal);
        clients[0].Dispose();
        await clients[2].Send("me\n");
        Assert.Equal("ME\n", await clients[2].Receive(3));
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [Trait("Conformance", "defect 7")]
    [Trait("Conformance", "behaviour 9")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_wait_service_that_was_broken_serves_again_once_its_program_is_mended(Who who)
    {
        using var folder = PrivateFolder.For(who);
        const string Broken = "#!/bin/sh\nexit 1\n";
        const string Mended = """
            #!/usr/bin/perl
            open(S, '+<&=', 0);
            my $from = recv(S, my $text, 100, 0);
            send(S, $text, 0, $from);
            """;
        folder.WriteProgram("program", Broken);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.fragile]
            listen = "udp:127.0.0.1:0"
            exec = ["{folder.At("program")}"]
            """);

        for (var round = 1; round <= 2; round++)
        {
            folder.Replace("program", Broken);
            using var client = Tell(daemon, "fragile");
            await daemon.Log.WaitForCount(round, "{Service} is not started again for {Seconds} s", "fragile");
            folder.Replace("program", Mended);
            Assert.Equal("hello", await client.Receive());
        }
    }

    [Theory]
    [Trait("Conformance", "defect 9")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_is_known_of_one_client_is_told_to_no_other_child(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.tcp]
            listen = "tcp:127.0.0.1:0"
            exec = ["/usr/bin/env"]

            [service.unix]
            listen = "unix:{folder.At("unix.sock")}"
            exec = ["/usr/bin/env"]

            [service.udp]
            listen = "udp:127.0.0.1:0"
            {_environment}

            [service.peer]
            listen = "udp:127.0.0.1:0"
            mode = "nowait"
            {_environment}
            """);
        var unix = new UnixDomainSocketEndPoint(folder.At("unix.sock"));
        using var asker = new DatagramClient(daemon.Address("udp", "udp"));
        using var peer = new DatagramClient(daemon.Address("peer", "udp"), IPEndPoint.Parse("127.0.0.8:0"));

        var ofTcp = await Client.Hear(daemon.Address("tcp"), "127.0.0.9");
        Assert.Contains("TCPREMOTEIP=127.0.0.9\n", ofTcp, StringComparison.Ordinal);
        var afterTcp = await asker.Ask("udp");
        Assert.Contains("IPCREMOTEEUID", await Client.Hear(unix), StringComparison.Ordinal);
        var afterUnix = await asker.Ask("udp");
        var ofPeer = await peer.Ask("who");
        var afterPeer = await Client.Hear(unix);

        Assert.All([afterTcp, afterUnix], text => Assert.DoesNotContain("REMOTE", text, StringComparison.Ordinal));
        Assert.All(
            [afterTcp, afterUnix, ofPeer, afterPeer], text => Assert.DoesNotContain("127.0.0.9", text, StringComparison.Ordinal));
        Assert.Contains("UDPREMOTEIP=127.0.0.8", ofPeer, StringComparison.Ordinal);
        Assert.DoesNotContain("IPC", ofPeer, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0", afterPeer, StringComparison.Ordinal);
    }

    private static DatagramClient Tell(RunningDaemon daemon, string service)
    {
        var client = new DatagramClient(daemon.Address(service, "udp"));
        client.Send("hello");
        return client;
    }
}
