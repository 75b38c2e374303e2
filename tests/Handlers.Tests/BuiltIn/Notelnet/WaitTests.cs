using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

/// <summary>One process with the service's own socket on descriptor 0.</summary>
public sealed class WaitTests
{
    private const string Message = """{"on_connect":"message"}""";

    [Fact]
    public void A_client_is_told_when_its_record_is_there_and_how_it_ended_is_recorded_too()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        using var handler = Start(spool, listener, Message);
        using var client = Sockets.Connected(listener.LocalEndPoint!);

        var text = client.ReadTextToEnd();
        var touch = Assert.Single(spool.Touches());
        var port = Sockets.Port(client);
        client.Dispose();
        handler.Terminate();

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Contains($"reference {touch.Reference}.\r\n", text, StringComparison.Ordinal);
        Assert.Equal(new AlertSource(IPAddress.Loopback, port, Neighbourhood.Loopback, Mapped: false), touch.Source);
        Assert.Equal(new AlertTarget(IPAddress.Loopback, Sockets.Port(listener)), touch.Target);
        Assert.Equal(("accept", "tcp", "message"), (touch.PeerFrom, touch.Protocol, touch.Action));
        Assert.Equal(("peer-closed", touch.Id), (Ends(spool)[0].Why, Ends(spool)[0].Id));
    }

    [Fact]
    public void A_probe_that_resets_at_once_is_recorded_with_its_address()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        var ports = new List<int?>();
        for (var i = 0; i < 50; i++)
        {
            using var scanner = Sockets.Connected(listener.LocalEndPoint!);
            ports.Add(Sockets.Port(scanner));
            scanner.LingerState = new LingerOption(true, 0);
        }

        using var handler = Start(spool, listener, null);
        Eventually(() => Ends(spool).Count == 50);
        handler.Terminate();

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal(ports.Order(), spool.Touches().Select(touch => touch.Source.Port).Order());
        Assert.All(spool.Touches(), touch => Assert.Equal((IPAddress.Loopback, "accept"), (touch.Source.Address, touch.PeerFrom)));
    }

    [Fact]
    public void When_nobody_has_come_for_a_while_it_ends_and_leaves_the_socket_as_it_was()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        using var handler = Start(spool, listener, """{"idle":"100ms","capture":0}""");
        using var client = Sockets.Connected(listener.LocalEndPoint!);

        Assert.Empty(client.ReadToEnd());
        Assert.Equal(0, handler.WaitForEnd());

        Assert.Single(spool.Touches());
        using var next = Sockets.Connected(listener.LocalEndPoint!);
        using var accepted = listener.Accept();      // it blocks again, or else this would fail now and then
    }

    [Fact]
    public void Told_to_end_it_lets_nobody_go_without_a_record()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        using var handler = Start(spool, listener, """{"on_connect":"tarpit"}""");
        using var client = Sockets.Connected(listener.LocalEndPoint!);
        _ = client.ReadExactly(1);

        handler.Terminate();

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal("stopped", Assert.Single(Ends(spool)).Why);
        Assert.Equal("tarpit", Assert.Single(spool.Touches()).Action);
    }

    [Fact]
    public void While_somebody_is_in_the_tarpit_it_sleeps()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        using var handler = Start(spool, listener, """{"on_connect":"tarpit","idle":"1ms"}""");
        using var client = Sockets.Connected(listener.LocalEndPoint!);
        _ = client.ReadExactly(3);
        client.Send(new byte[100_000]);      // more than it wants to know
        var before = handler.ProcessorTicks();

        Thread.Sleep(1000);

        Assert.InRange(handler.ProcessorTicks() - before, 0, 20);
    }

    [Fact]
    public void Who_finds_no_room_in_the_tarpit_is_closed()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        using var handler = Start(spool, listener, """{"on_connect":"tarpit","tarpit_per_source":2,"capture":0}""");
        using var first = Sockets.Connected(listener.LocalEndPoint!);
        using var second = Sockets.Connected(listener.LocalEndPoint!);
        _ = (first.ReadExactly(3), second.ReadExactly(3));
        using var third = Sockets.Connected(listener.LocalEndPoint!);

        Assert.Empty(third.ReadToEnd());

        Assert.Equal(["close", "tarpit", "tarpit"], spool.Touches().Select(touch => touch.Action).Order());
        handler.Terminate();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void Each_of_several_ports_has_its_policy()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        using var handler = Start(
            spool, listener, $$$"""{"on_connect":"close","ports":{"{{{Sockets.Port(listener)}}}":{"on_connect":"reset"} } }""");
        using var client = Sockets.Connected(listener.LocalEndPoint!);

        Assert.Throws<SocketException>(() => client.ReadToEnd());

        Assert.Equal("reset", Assert.Single(spool.Touches()).Action);
    }

    [Fact]
    public void A_flood_of_two_thousand_from_fifty_sources_is_two_thousand_records()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        using var handler = Start(spool, listener, Message);

        var told = Flood(listener.LocalEndPoint!, connections: 2000, sources: 50);
        Eventually(() => Ends(spool).Count == 2000);
        handler.Terminate();

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal(2000, told.Count);
        Assert.Equal(told.Order(), spool.Touches().Select(touch => touch.Reference).Order());
        Assert.All(spool.Touches().GroupBy(touch => touch.Source.Address), source => Assert.Equal(40, source.Count()));
        Assert.Equal("", handler.Complaints);
    }

    [Fact]
    public async Task Killed_in_a_flood_it_has_recorded_everybody_whom_it_has_told()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        using var handler = Start(spool, listener, Message);
        var service = listener.LocalEndPoint!;
        var killer = Task.Run(
            () =>
            {
                Eventually(() => spool.Touches().Count > 300);
                handler.Kill();
                _ = handler.WaitForEnd();
                listener.Dispose();     // whoever waits in its queue is refused
            },
            TestContext.Current.CancellationToken);

        var told = Flood(service, connections: 2000, sources: 50);
        await killer;

        Assert.NotEmpty(told);
        Assert.Subset(spool.Touches().Select(touch => touch.Reference).ToHashSet(), told.ToHashSet());
    }

    [Fact]
    public void On_a_disk_that_fills_up_journal_and_overflow_together_have_everybody()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to mount a file system that is full");
        using var disk = new FullDisk(kibibytes: 2048, lane => lane.LayOutOverflow(), leave: 100 * 4096);
        using var listener = Sockets.Listener();
        using var handler = Start(disk.Folder, listener, """{"on_connect":"message","capture":0}""");

        var told = Flood(listener.LocalEndPoint!, connections: 2000, sources: 50);
        handler.Terminate();

        Assert.Equal(0, handler.WaitForEnd());
        var recorded = disk.Folder.Touches().Select(touch => touch.Reference).ToList();
        Assert.InRange(recorded.Count, 100, 1900);
        Assert.Equal(2000 - recorded.Count, Assert.Single(disk.Folder.Counted()).Total);
        Assert.Equal(recorded.Order(), told.Order());
        Assert.Equal(2000 - recorded.Count, handler.Complaints.Split('\n').Count(line => line.Contains("No space left", StringComparison.Ordinal)
            || line.Contains("bytes could be written", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_journal_that_may_not_grow_costs_no_count_either()
    {
        using var spool = Folder.SpoolWithOverflow();
        using var listener = Sockets.Listener();
        using var handler = Start(spool, listener, """{"on_connect":"message","capture":0}""");
        var told = Flood(listener.LocalEndPoint!, connections: 1, sources: 1);
        var limit = new Libc.RLimit { rlim_cur = 8192, rlim_max = 8192 };
        Assert.Equal(0, Posix.prlimit(handler.Id, Posix.RLIMIT_FSIZE, limit, 0));

        told.AddRange(Flood(listener.LocalEndPoint!, connections: 200, sources: 50));
        handler.Terminate();

        Assert.Equal(0, handler.WaitForEnd());
        var recorded = spool.Touches().Select(touch => touch.Reference).ToList();
        Assert.InRange(recorded.Count, 2, 30);
        Assert.Equal(recorded.Order(), told.Order());
        Assert.Equal(201 - recorded.Count, Assert.Single(spool.Counted()).Total);
    }

    [Fact]
    public void A_datagram_is_recorded_with_what_was_in_it_and_never_answered()
    {
        using var spool = Folder.Spool();
        using var service = Sockets.Datagram(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = Sockets.Datagram(new IPEndPoint(IPAddress.Loopback, 0));
        client.SendTo("\u0001\u0002 version.bind"u8, service.LocalEndPoint!);
        using var handler = Start(spool, service, null);
        client.SendTo(new byte[1000], service.LocalEndPoint!);

        Eventually(() => Ends(spool).Count == 2);
        handler.Terminate();

        Assert.Equal(0, handler.WaitForEnd());
        var touch = spool.Touches()[0];
        Assert.Equal(
            ("udp", "silent", true, "recvmsg", Sockets.Port(client)),
            (touch.Protocol, touch.Action, touch.Spoofable, touch.PeerFrom, touch.Source.Port));
        Assert.Equal(new AlertTarget(IPAddress.Loopback, Sockets.Port(service)), touch.Target);
        var end = Ends(spool).Single(end => end.Id == touch.Id);
        Assert.Equal(("drained", 0L, 15L), (end.Why, end.BytesOut, end.BytesIn));
        Assert.Equal("\u0001\u0002 version.bind", Encoding.ASCII.GetString(end.First.Span));
        Assert.Equal((1000L, 256), (Ends(spool)[1].BytesIn, Ends(spool)[1].First.Length));
        Assert.False(client.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public void The_datagrams_of_one_peer_are_recorded_by_a_process_that_ends()
    {
        using var spool = Folder.Spool();
        using var service = Sockets.Datagram(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = Sockets.Datagram(new IPEndPoint(IPAddress.Loopback, 0));
        client.Connect(service.LocalEndPoint!);
        service.Connect(client.LocalEndPoint!);
        client.Send("one"u8);
        client.Send("two"u8);
        using var handler = Start(spool, service, """{"on_connect":"message"}""", ("SUPERSERVER_CONNECTION", "c0ffee"));

        Assert.Equal(0, handler.WaitForEnd());

        Assert.Equal(["silent", "silent"], spool.Touches().Select(touch => touch.Action));
        Assert.All(spool.Touches(), touch => Assert.Equal("c0ffee", touch.Connection));
        Assert.False(client.Poll(0, SelectMode.SelectRead));
    }

    private static HandlerProcess Start(Folder spool, Socket socket, string? options, params (string, string)[] more)
    {
        (string, string)[] environment = [("SUPERSERVER_SPOOL", spool.Path), ("SUPERSERVER_SERVICE", "telnet"), .. more];
        return HandlerProcess.Start(
            "notelnet", socket, options is null ? environment : [.. environment, ("SUPERSERVER_OPTIONS", options)]);
    }

    // The references that were told. Clients that are told nothing are none of them.
    private static List<string> Flood(EndPoint service, int connections, int sources)
    {
        var told = new ConcurrentBag<string>();
        Parallel.For(0, connections, new ParallelOptions { MaxDegreeOfParallelism = 32 }, number =>
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };
            client.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{2 + (number % sources)}"), 0));
            if (Hear(client, service) is { } reference)
            {
                told.Add(reference);
            }
        });
        return [.. told];
    }

    private static string? Hear(Socket client, EndPoint service)
    {
        try
        {
            client.Connect(service);
            var text = client.ReadTextToEnd().TrimEnd();
            return text.EndsWith('.') ? text[^7..^1] : null;
        }
        catch (SocketException)
        {
            return null;     // it came too late
        }
    }

    private static List<EndRecord> Ends(Folder spool) =>
    [
        .. File.ReadAllLines(spool.Journal).Where(line => line.Length > 0)
            .Select(line => AlertReader.Read(Encoding.UTF8.GetBytes(line))).OfType<EndRecord>(),
    ];

    private static void Eventually(Func<bool> holds)
    {
        var until = Environment.TickCount64 + 20_000;
        while (!holds())
        {
            Assert.True(Environment.TickCount64 < until, "it has not come about within 20 s");
            Thread.Sleep(5);
        }
    }
}
