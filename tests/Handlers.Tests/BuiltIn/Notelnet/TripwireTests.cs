using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

/// <summary>The handler as a process, at the end of a real connection.</summary>
public sealed class TripwireTests
{
    private const string Message = """{"on_connect":"message"}""";

    [Fact]
    public void A_telnet_client_reads_who_it_is_when_and_a_reference_and_the_record_says_the_same()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, Message);

        var text = client.ReadTextToEnd();
        var clientPort = Sockets.Port(client);
        var port = ((IPEndPoint)client.RemoteEndPoint!).Port;
        client.Dispose();

        Assert.Equal(0, handler.WaitForEnd());
        var touch = Assert.IsType<TouchRecord>(spool.Records()[0]);
        Assert.Equal(new AlertSource(IPAddress.Loopback, clientPort, Neighbourhood.Loopback, Mapped: false), touch.Source);
        Assert.Equal(new AlertTarget(IPAddress.Loopback, port), touch.Target);
        Assert.Equal(
            ("getpeername", "message", "tcp", "telnet", "c0ffee", "web1", handler.Id),
            (touch.PeerFrom, touch.Action, touch.Protocol, touch.Service, touch.Connection, touch.Host, touch.ProcessId));
        Assert.Equal(
            "Telnet is not offered on this host.\r\n"
            + $"Your connection from 127.0.0.1 at {touch.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC was recorded and reported.\r\n"
            + $"If you expected a service here, tell the administrator: reference {touch.Reference}.\r\n",
            text);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id")[..4], touch.Boot);
        Assert.InRange(touch.At, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.InRange(touch.Monotonic, 1, long.MaxValue);
    }

    [Fact]
    public void How_it_ended_is_recorded_with_the_same_id()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, Message);
        client.Send("\u00ff\u00fd\u0003"u8);
        var text = client.ReadToEnd();
        client.Dispose();

        Assert.Equal(0, handler.WaitForEnd());
        var records = spool.Records();
        var end = Assert.IsType<EndRecord>(records[1]);
        Assert.Equal(2, records.Count);
        Assert.Equal(records[0].Id, end.Id);
        Assert.Equal(("peer-closed", text.LongLength, 5L), (end.Why, end.BytesOut, end.BytesIn));
        Assert.Equal("\u00ff\u00fd\u0003", Encoding.UTF8.GetString(end.First.Span));
    }

    [Fact]
    public void What_a_client_sends_at_once_does_not_destroy_the_message()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        client.Send(new byte[3000]);    // as a telnet client sends its options, only more
        using var handler = Start(spool, accepted, Message);

        Assert.EndsWith(".\r\n", client.ReadTextToEnd(), StringComparison.Ordinal);
        client.Send(new byte[100]);
        Thread.Sleep(100);              // were the other end closed by now, these would have brought a reset
        client.Send(new byte[100]);
        client.Dispose();

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal(256, Assert.IsType<EndRecord>(spool.Records()[1]).First.Length);
    }

    [Fact]
    public void On_another_port_the_client_hears_nothing_and_its_first_words_are_recorded()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        client.Send("SSH-2.0-Go\r\n"u8);
        client.Shutdown(SocketShutdown.Send);
        using var handler = Start(spool, accepted, null);

        Assert.Empty(client.ReadToEnd());
        client.Dispose();

        Assert.Equal(0, handler.WaitForEnd());
        var end = Assert.IsType<EndRecord>(spool.Records()[1]);
        Assert.Equal("close", Assert.IsType<TouchRecord>(spool.Records()[0]).Action);
        Assert.Equal("SSH-2.0-Go\r\n", Encoding.ASCII.GetString(end.First.Span));
        Assert.Equal(("peer-closed", 0L, 12L), (end.Why, end.BytesOut, end.BytesIn));
    }

    [Fact]
    public void A_client_that_only_waits_is_closed_with_a_FIN()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, null);

        Assert.Empty(client.ReadToEnd());   // a reset would throw

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal("timeout", Assert.IsType<EndRecord>(spool.Records()[1]).Why);
        client.Dispose();
    }

    [Fact]
    public void A_client_that_talks_and_talks_is_closed_after_256_bytes()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        client.Send(new byte[1000]);
        using var handler = Start(spool, accepted, null);

        Assert.Empty(client.ReadToEnd());
        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal(0, client.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error));   // a FIN, not a reset
        client.Dispose();

        var end = Assert.IsType<EndRecord>(spool.Records()[1]);
        Assert.Equal(("limit", 256L, 256), (end.Why, end.BytesIn, end.First.Length));
    }

    [Fact]
    public void Without_capture_the_client_is_closed_at_once_and_nothing_of_it_is_kept()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        client.Send("secret"u8);
        using var handler = Start(spool, accepted, """{"capture":0}""");

        Assert.Empty(client.ReadToEnd());
        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal(0, client.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error));
        client.Dispose();

        var end = Assert.IsType<EndRecord>(spool.Records()[1]);
        Assert.Equal(("drained", 0L, 0), (end.Why, end.BytesIn, end.First.Length));
    }

    [Theory]
    [InlineData(Message)]
    [InlineData(null)]
    public void A_client_that_resets_at_once_is_recorded_with_the_address_that_the_inetd_saw(string? options)
    {
        using var spool = Folder.Spool();
        var accepted = Reset();
        using var handler = Start(spool, accepted, options, ("TCPREMOTEIP", "203.0.113.7"), ("TCPREMOTEPORT", "40112"));

        Assert.Equal(0, handler.WaitForEnd());

        var touch = Assert.IsType<TouchRecord>(spool.Records()[0]);
        Assert.Equal(new AlertSource(IPAddress.Parse("203.0.113.7"), 40112, Neighbourhood.Outside, Mapped: false), touch.Source);
        Assert.Equal(("TCPREMOTEIP", IPAddress.Loopback), (touch.PeerFrom, touch.Target.Address));
        Assert.Equal("peer-reset", Assert.IsType<EndRecord>(spool.Records()[1]).Why);
    }

    [Fact]
    public void A_touch_by_nobody_knows_whom_still_counts()
    {
        using var spool = Folder.Spool();
        using var handler = Start(spool, Reset(), null);

        Assert.Equal(0, handler.WaitForEnd());

        var touch = Assert.IsType<TouchRecord>(spool.Records()[0]);
        Assert.Equal(("lost", new AlertSource(null, null, Neighbourhood.Outside, Mapped: false)), (touch.PeerFrom, touch.Source));
    }

    [Fact]
    public void Over_IPv6_an_IPv4_client_is_recorded_as_what_it_is()
    {
        using var spool = Folder.Spool();
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen(1);
        using var client = Sockets.Connected(new IPEndPoint(IPAddress.Loopback, Sockets.Port(listener)));
        using var handler = Start(spool, listener.Accept(), Message);

        Assert.Contains("from 127.0.0.1 at", client.ReadTextToEnd(), StringComparison.Ordinal);
        client.Close();

        Assert.Equal(0, handler.WaitForEnd());
        var touch = Assert.IsType<TouchRecord>(spool.Records()[0]);
        Assert.Equal((IPAddress.Loopback, true, IPAddress.Loopback), (touch.Source.Address, touch.Source.Mapped, touch.Target.Address));
    }

    [Fact]
    public void The_bell_rings_after_the_record_is_there()
    {
        using var spool = Folder.Spool();
        using var mailer = Sockets.Datagram(new UnixDomainSocketEndPoint(spool.In("bell")));
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, null, ("SUPERSERVER_ALERT_SOCKET", spool.In("bell")));

        Assert.Equal(0, mailer.Receive(new byte[9]));

        Assert.IsType<TouchRecord>(Assert.Single(spool.Records()));     // the client is still there, so there is no end yet
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void Killed_after_the_record_it_leaves_a_record()
    {
        using var spool = Folder.Spool();
        using var mailer = Sockets.Datagram(new UnixDomainSocketEndPoint(spool.In("bell")));
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, Message, ("SUPERSERVER_ALERT_SOCKET", spool.In("bell")));
        _ = mailer.Receive(new byte[9]);

        handler.Kill();

        Assert.Equal(-Posix.SIGKILL, handler.WaitForEnd());
        Assert.IsType<TouchRecord>(Assert.Single(spool.Records()));
        client.Dispose();
    }

    [Fact]
    public void When_it_cannot_record_the_record_goes_to_the_log_and_the_client_is_told_no_lie()
    {
        using var spool = new Folder();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, Message);

        Assert.Empty(client.ReadToEnd());
        client.Dispose();

        AssertLogged(handler, $"{spool.Journal}: No such file or directory");
    }

    [Fact]
    public void A_full_disk_is_no_reason_to_lose_a_touch()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to mount a file system that is full");
        using var disk = new Folder();
        Assert.Equal(0, Posix.mount("tmpfs", disk.Path, "tmpfs", 0, "size=8k"));
        try
        {
            File.WriteAllText(disk.Journal, "");
            Assert.Throws<IOException>(() => File.WriteAllBytes(disk.In("rubbish"), new byte[16 * 1024]));
            var (client, accepted) = Sockets.Pair();
            using var handler = Start(disk, accepted, Message);

            Assert.Empty(client.ReadToEnd());
            client.Dispose();

            AssertLogged(handler, $"{disk.Journal}: No space left on device");      // there was no room for an overflow.bin either
        }
        finally
        {
            Assert.Equal(0, Posix.umount2(disk.Path, 0));
        }
    }

    [Fact]
    public void What_it_has_to_say_to_the_log_is_never_said_to_the_client()
    {
        var (client, accepted) = Sockets.Pair();
        using var handler = HandlerProcess.StartWithClientOnStandardError("notelnet", accepted);
        accepted.Dispose();

        Assert.Empty(client.ReadToEnd());
        client.Dispose();

        Assert.Equal(75, handler.WaitForEnd());
    }

    [Fact]
    public void A_mistake_in_the_options_costs_no_alert()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, """{"on_connect":"mesage"}""");
        client.Dispose();

        Assert.Equal(78, handler.WaitForEnd());

        Assert.IsType<TouchRecord>(spool.Records()[0]);
        Assert.Equal("notelnet: option 'on_connect' must be one of: message, close, reset, tarpit\n", handler.Complaints);
    }

    [Fact]
    public void Whatever_hangs_it_is_over_after_five_seconds()
    {
        using var spool = new Folder();
        Assert.Equal(0, Posix.mkfifo(spool.Journal, 0x180));
        using var stuck = new FileStream(spool.Journal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        stuck.Write(new byte[65536]);       // a pipe holds so much, and nobody reads it
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, Message);

        Assert.Equal(-Posix.SIGALRM, handler.WaitForEnd());
        Assert.Empty(client.ReadToEnd());
        client.Dispose();
    }

    [Fact]
    public void On_a_unix_socket_there_is_no_address_and_nothing_is_lost()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener(new UnixDomainSocketEndPoint(spool.In("socket")));
        var (client, accepted) = Sockets.Pair(listener);
        using var handler = Start(spool, accepted, Message);

        Assert.Contains("from an unknown address", client.ReadTextToEnd(), StringComparison.Ordinal);
        client.Dispose();

        Assert.Equal(0, handler.WaitForEnd());
        var touch = Assert.IsType<TouchRecord>(spool.Records()[0]);
        Assert.Equal(("ipc", "unix", null), (touch.Protocol, touch.PeerFrom, touch.Source.Address));
    }

    [Fact]
    public void A_reset_is_a_reset_and_recorded_as_what_it_was()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, """{"on_connect":"reset"}""");

        var failure = Assert.Throws<SocketException>(() => client.Receive(new byte[1]));
        client.Dispose();

        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal("reset", Assert.IsType<TouchRecord>(spool.Records()[0]).Action);
        Assert.Equal("reset", Assert.IsType<EndRecord>(spool.Records()[1]).Why);
    }

    [Fact]
    public void The_port_that_was_touched_selects_the_policy()
    {
        using var spool = Folder.Spool();
        using var listener = Sockets.Listener();
        var (client, accepted) = Sockets.Pair(listener);
        using var handler = Start(
            spool, accepted, $$$"""{"ports":{"{{{Sockets.Port(listener)}}}":{"on_connect":"message","message":"Hello"} } }""");

        Assert.Equal("Hello\r\n", client.ReadTextToEnd());
        client.Dispose();

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal("message", Assert.IsType<TouchRecord>(spool.Records()[0]).Action);
    }

    [Fact]
    public void A_tarpit_needs_a_process_for_many_so_the_client_is_closed_and_the_log_says_why()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, """{"on_connect":"tarpit","capture":0}""");

        Assert.Empty(client.ReadToEnd());
        client.Dispose();

        Assert.Equal(78, handler.WaitForEnd());
        Assert.Equal("close", Assert.IsType<TouchRecord>(spool.Records()[0]).Action);
        Assert.Contains("only with mode = \"wait\" or \"pool\"", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_journal_does_not_take_the_overflow_counts()
    {
        using var spool = new Folder();
        spool.LayOutOverflow();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, Message);

        Assert.Empty(client.ReadToEnd());
        client.Dispose();

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Contains("; counted in overflow.bin; the record: {", handler.Complaints, StringComparison.Ordinal);
        var count = Assert.Single(spool.Counted());
        Assert.Equal(("telnet", 1L), (count.Service, count.Total));
        Assert.Equal([IPAddress.Loopback], count.Sources);
    }

    [Fact]
    public void The_machine_is_in_the_record_when_the_daemon_has_named_it()
    {
        using var spool = Folder.Spool();
        var (client, accepted) = Sockets.Pair();
        using var handler = Start(spool, accepted, """{"capture":0}""", ("SUPERSERVER_MACHINE", "0123456789abcdef"));
        client.Dispose();

        Assert.Equal(0, handler.WaitForEnd());
        Assert.Equal("0123456789abcdef", Assert.IsType<TouchRecord>(spool.Records()[0]).Machine);
    }

    private static HandlerProcess Start(Folder spool, Socket accepted, string? options, params (string, string)[] more)
    {
        (string, string)[] environment =
        [
            ("SUPERSERVER_SPOOL", spool.Path),
            ("SUPERSERVER_SERVICE", "telnet"),
            ("SUPERSERVER_CONNECTION", "c0ffee"),
            ("SUPERSERVER_HOST", "web1"),
            .. more,
        ];
        var handler = HandlerProcess.Start(
            "notelnet", accepted, options is null ? environment : [.. environment, ("SUPERSERVER_OPTIONS", options)]);
        accepted.Dispose();
        return handler;
    }

    // What a connect scan does; the accepted end has no peer any more.
    private static Socket Reset()
    {
        var (client, accepted) = Sockets.Pair();
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        Assert.True(accepted.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead));
        return accepted;
    }

    private static void AssertLogged(HandlerProcess handler, string why)
    {
        Assert.Equal(75, handler.WaitForEnd());
        var line = Assert.Single(handler.Complaints.TrimEnd('\n').Split('\n'));
        var parts = line.Split("; the record: ");
        Assert.Equal($"notelnet: cannot record: {why}; not even counted in overflow.bin", parts[0]);
        Assert.Equal(IPAddress.Loopback, Assert.IsType<TouchRecord>(Some.Record(parts[1])).Source.Address);
    }
}
