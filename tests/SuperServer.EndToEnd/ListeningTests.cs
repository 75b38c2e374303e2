using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Kinds of sockets, their options, and sockets that the daemon was started with.</summary>
public sealed class ListeningTests
{
    private const string HandedOver = "{Service} was handed {Endpoint} under the name {Name}";

    // Sockets that are not closed on exec get the numbers from 3 on, as systemd passes them.
    private const string Passing = """
        use Socket;
        $^F = 10;
        sub listening {
          my ($family, $address, $type) = @_;
          my $s;
          socket($s, $family, $type, 0) && bind($s, $address) or die $!;
          $type == SOCK_DGRAM or listen($s, 16) or die $!;
          return $s;
        }

        """;

    private const string ThenExec = "@ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, scalar @s); exec @ARGV or die $!;";

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_connection_that_keeps_the_bounds_of_messages(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.cat]
            listen = "unix-seqpacket:{folder.At("cat.sock")}"
            exec = ["/bin/cat"]
            """);
        using var client = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(folder.At("cat.sock")), Deadline.Soon);

        await client.SendAsync("one"u8.ToArray(), Deadline.Soon);
        await client.SendAsync("two!"u8.ToArray(), Deadline.Soon);

        var buffer = new byte[100];
        Assert.Equal(3, await client.ReceiveAsync(buffer, Deadline.Soon));
        Assert.Equal(4, await client.ReceiveAsync(buffer, Deadline.Soon));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_name_in_the_abstract_namespace(Who who)
    {
        var name = $"superserver-e2e-{Guid.NewGuid():N}";
        await using var daemon = await RunningDaemon.Start(who, $$"""
            [service.env]
            listen = "unix:@{{name}}"
            exec = ["/bin/sh", "-c", "echo $PROTO $IPCLOCALPATH ${IPCREMOTEPATH-unset} ${REMOTE_ADDR-unset}"]
            """);

        Assert.Equal($"IPC @{name} unset unset\n", await Client.Hear(new UnixDomainSocketEndPoint($"\0{name}")));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_client_of_a_Unix_socket_that_has_a_name_is_known_by_it(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.env]
            listen = "unix:{folder.At("env.sock")}"
            exec = ["/bin/sh", "-c", "echo $IPCLOCALPATH $IPCREMOTEPATH $REMOTE_ADDR"]
            """);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Bind(new UnixDomainSocketEndPoint(folder.At("me")));
        await client.ConnectAsync(new UnixDomainSocketEndPoint(folder.At("env.sock")), Deadline.Soon);

        var answer = new byte[1000];
        var length = await client.ReceiveAsync(answer, Deadline.Soon);

        Assert.Equal(
            $"{folder.At("env.sock")} {folder.At("me")} {folder.At("me")}\n", Encoding.UTF8.GetString(answer, 0, length));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Whatever_is_written_into_a_FIFO_starts_its_reader_each_time_anew(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var fifo = folder.At("words.fifo");
        await using (var daemon = await RunningDaemon.Start(folder, $"""
            [service.words]
            listen = "fifo:{fifo}"
            exec = ["/bin/sh", "-c", "read line; echo got $line >&2"]
            """))
        {
            Assert.Equal("fifo 622\n", (await Command.Run("stat", "--format=%F %a", fifo)).Succeeded());
            await File.AppendAllTextAsync(fifo, "hello\n", TestContext.Current.CancellationToken);
            await Eventually.Holds(() => Heard(daemon).Contains("got hello"), "the first word");
            await File.AppendAllTextAsync(fifo, "again\n", TestContext.Current.CancellationToken);
            await Eventually.Holds(() => Heard(daemon).Contains("got again"), "the second word");
            Assert.Equal(0, await daemon.End(Signals.TERM));
        }

        Assert.False(File.Exists(fifo));
    }

    [Fact]
    public async Task The_file_of_a_socket_belongs_to_whom_the_file_says()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.cat]
            listen = ["unix:{folder.At("cat.sock")}", "unix-seqpacket:{folder.At("cat.seq")}"]
            exec = ["/bin/cat"]
            socket_user = "git"
            socket_group = "club"
            socket_mode = "620"
            """);

        Assert.Equal("git club 620\n", (await Command.Run("stat", "--format=%U %G %a", folder.At("cat.sock"))).Succeeded());
        Assert.Equal("git club 620\n", (await Command.Run("stat", "--format=%U %G %a", folder.At("cat.seq"))).Succeeded());
        Assert.Equal("hello", await Client.Ask(new UnixDomainSocketEndPoint(folder.At("cat.sock")), "hello"));
    }

    [Fact]
    public async Task One_socket_for_both_families()
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, """
            [service.somewhere]
            listen = "tcp6:4024"
            v6only = false
            exec = ["/usr/bin/printenv", "TCPREMOTEIP"]
            """);

        Assert.Equal("127.0.0.1\n", await Client.Hear(new IPEndPoint(IPAddress.Loopback, 4024)));
        Assert.Equal("::1\n", await Client.Hear(new IPEndPoint(IPAddress.IPv6Loopback, 4024)));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Multipath_clients_and_others(Who who)
    {
        Assert.SkipUnless(File.Exists("/proc/sys/net/mptcp/enabled"), "this kernel has no MPTCP");
        await using var daemon = await RunningDaemon.Start(who, """
            [service.protocol]
            listen = "tcp:127.0.0.1:0"
            mptcp = true
            exec = ["/usr/bin/perl", "-e", 'print "$ENV{PROTO} ", unpack("i", getsockopt(STDIN, 1, 38)), "\n"']
            """);
        var port = daemon.Address("protocol").Port;

        var multipath = await Command.Run("perl", "-e", $"""
            use Socket;
            socket(S, AF_INET, SOCK_STREAM, 262) && connect(S, sockaddr_in({port}, INADDR_LOOPBACK)) or die $!;
            print <S>;
            """);

        Assert.Equal("TCP 262\n", multipath.Succeeded());
        Assert.StartsWith("TCP ", await Client.Hear(daemon.Address("protocol")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_virtual_machine_is_a_client_like_others(Who who)
    {
        Assert.SkipUnless(File.Exists("/dev/vsock"), "this kernel has no vsock");
        await using var daemon = await RunningDaemon.Start(who, """
            [service.env]
            listen = "vsock:0"
            exec = ["/bin/sh", "-c", "echo $PROTO $VSOCKREMOTECID $VSOCKLOCALCID $VSOCKLOCALPORT ${VSOCKREMOTEPORT+known}"]
            """);
        var port = Assert.Single(daemon.Endpoints("env", "vsock"));

        var client = await Command.Run("perl", "-e", $"""
            socket(S, 40, 1, 0) && connect(S, pack("S S L L x4", 40, 0, {port}, 1)) or exit 77;
            print <S>;
            """);

        Assert.SkipWhen(client.ExitCode == 77, "this kernel has no vsock loopback");
        Assert.Equal($"VSOCK 1 1 {port} known\n", client.Succeeded());
        Assert.Matches("^vsock:1:[0-9]+$", (await daemon.Log.WaitFor("{Service} {Connection} started for {Peer}", "env"))["Peer"]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_has_the_options_on_its_connection_and_a_reload_changes_them_for_the_next(Who who)
    {
        const string Service = """
            [service.options]
            listen = "tcp:127.0.0.1:0"
            exec = ["/usr/bin/perl", "-e", 'print join(" ", map { unpack("i", getsockopt(STDIN, $_->[0], $_->[1])) } [1, 9], [6, 4], [6, 1], [1, 8]), "\n"']

            """;
        await using var daemon = await RunningDaemon.Start(
            who, Service + "keepalive = { idle = \"77s\" }\nnodelay = true\nreceive_buffer = \"32KiB\"");
        var address = daemon.Address("options");
        Assert.Equal("1 77 1 65536\n", await Client.Hear(address));

        await daemon.Reload(Service + "keepalive = false\nreceive_buffer = \"16KiB\"");

        var words = (await Client.Hear(address)).Split(' ');
        Assert.Equal(["0", "0", "32768\n"], [words[0], words[2], words[3]]);
        Assert.Empty(daemon.Log.All("{Service} no longer listening", "options"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Sockets_that_were_handed_over_are_served_by_their_names_and_stray_ones_are_closed(Who who)
    {
        var stray = $"superserver-e2e-{Guid.NewGuid():N}";
        var through = Passing + $"""
            @s = (listening(AF_INET, pack_sockaddr_in(0, INADDR_LOOPBACK), SOCK_STREAM),
                listening(AF_UNIX, pack_sockaddr_un("\0{stray}"), SOCK_STREAM),
                listening(AF_INET, pack_sockaddr_in(0, INADDR_LOOPBACK), SOCK_DGRAM));

            """ + """
            $ENV{LISTEN_FDNAMES} = "web:stray:poke";
            """ + ThenExec;
        await using var daemon = await RunningDaemon.Start(who, """
            [service.web]
            listen = "fd:web"
            exec = ["/bin/sh", "-c", "env | grep -c ^LISTEN_; echo $PROTO"]

            [service.poked]
            listen = "fd-dgram:poke"
            exec = ["/usr/bin/perl", "-e", "recv(STDIN, my $text, 100, 0); print STDERR \"got $text by $ENV{PROTO}\\n\""]
            stderr = "log"
            """, "perl", "-e", through);

        Assert.Equal("0\nTCP\n", await Client.Hear(daemon.Address("web")));
        using var client = new DatagramClient(daemon.Address("poked", "udp"));
        client.Send("a poke");
        Assert.Equal("got a poke by UDP", (await daemon.Log.WaitFor(Said.Says, "poked"))["Line"]);
        Assert.Equal("stray", (await daemon.Log.WaitFor("a socket that was handed over under the name"))["Name"]);
        await Assert.ThrowsAsync<SocketException>(() => Client.Connect(new UnixDomainSocketEndPoint($"\0{stray}")));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_socket_that_was_kept_for_us_is_taken_up_again_with_those_who_wait_in_it(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var path = folder.At("kept.sock");
        var through = Passing + $"""
            @s = listening(AF_UNIX, pack_sockaddr_un("{path}"), SOCK_STREAM);
            $^F = 2;
            my $client;
            socket($client, AF_UNIX, SOCK_STREAM, 0) && connect($client, pack_sockaddr_un("{path}")) or die $!;

            """ + ThenExec;
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.cat]
            listen = "unix:{path}"
            exec = ["/bin/cat"]
            """, "perl", "-e", through);

        Assert.Equal("unknown", (await daemon.Log.WaitFor(HandedOver, "cat"))["Name"]);
        await daemon.Log.WaitForCount(1, Said.StartedFor, "cat");
        Assert.Equal("hello", await Client.Ask(new UnixDomainSocketEndPoint(path), "hello"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_socket_that_nobody_has_handed_over_is_named(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.web]
            listen = "fd:web"
            exec = ["/bin/cat"]

            [service.other]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """);

        var line = await daemon.Log.WaitFor("{Service} cannot listen", "web");
        Assert.Contains("no socket of the name 'web' was handed", line["Why"], StringComparison.Ordinal);
    }

    private static IEnumerable<string> Heard(RunningDaemon daemon) =>
        daemon.Log.All(Said.Says, "words").Select(line => line["Line"]);
}
