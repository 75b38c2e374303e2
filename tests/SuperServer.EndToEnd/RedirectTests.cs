using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Connections and datagrams that go to another place, with the clients and servers that people have.</summary>
public sealed class RedirectTests
{
    private const int Crowd = 2000;

    public static TheoryData<Who, string> EveryoneInEveryMode
    {
        get
        {
            var rows = new TheoryData<Who, string>();
            foreach (var mode in (string[])["nowait", "wait", "pool"])
            {
                rows.Add(Who.Root, mode);
                rows.Add(Who.OrdinaryUser, mode);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(EveryoneInEveryMode))]
    public async Task A_quarter_of_a_gigabyte_arrives_whole_and_the_answer_comes_after_the_client_has_ended(Who who, string mode)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.sum]
            listen = "unix:{folder.At("sum")}"
            exec = ["/usr/bin/sha256sum"]

            {Redirect("unix:" + folder.At("sum"), $"mode = \"{mode}\"")}
            """);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(daemon.Address("away"), Deadline.Soon);

        var expected = await SendMuch(client, mode == "pool" ? 256 : 32);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal(expected + "  -\n", await Hear(client));
        Assert.Matches(
            @"^(<.>)?(\[.*\] )?127\.0\.0\.1:\d+ to unix:.*: \d+ bytes in, 68 out, \d+(\.\d+)? s: done$", (await Told(daemon))["Line"]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_a_server_sends_arrives_whole_however_slowly_the_client_reads(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.zeros]
            listen = "unix:{folder.At("zeros")}"
            exec = ["/usr/bin/head", "-c", "64M", "/dev/zero"]

            {Redirect("unix:" + folder.At("zeros"), "mode = \"pool\"")}
            """);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(daemon.Address("away"), Deadline.Soon);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var worker = await daemon.Child("away");
        Assert.InRange(worker.SharedMemory, 0, 30 << 20);

        var (length, buffer) = (0L, new byte[1 << 20]);
        for (int got; (got = await client.ReceiveAsync(buffer, Deadline.Soon)) > 0;)
        {
            length += got;
        }

        Assert.Equal(64 << 20, length);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_repository_is_cloned_from_behind_it(Who who)
    {
        var git = Machine.Program("git");
        using var folder = PrivateFolder.For(who);
        var repository = folder.Create("repositories") + "/project.git";
        (await Command.Run(git, "init", "--quiet", "--bare", repository)).Succeeded();
        (await Command.Run(git, "clone", "--quiet", repository, folder.At("work"))).Succeeded();
        await File.WriteAllTextAsync(folder.At("work/README"), "read me", TestContext.Current.CancellationToken);
        (await Command.Run(git, "-C", folder.At("work"), "add", "README")).Succeeded();
        (await Command.Run(
            git, "-C", folder.At("work"), "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "t")).Succeeded();
        (await Command.Run(git, "-C", folder.At("work"), "push", "--quiet", "origin", "HEAD")).Succeeded();
        (await Command.Run("chown", "-R", who == Who.Root ? "git" : "--reference=" + folder.Path, repository)).Succeeded();
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.git]
            listen = "unix:{folder.At("git")}"
            exec = ["{git}", "daemon", "--inetd", "--export-all", "--base-path={folder.At("repositories")}"]
            {(who == Who.Root ? "user = \"git\"" : "")}

            {Redirect("unix:" + folder.At("git"))}
            """);

        (await Command.Run(git, "clone", "--quiet", $"git://{daemon.Address("away")}/project.git", folder.At("clone"))).Succeeded();

        Assert.Equal("read me", folder.Read("clone/README"));
    }

    [Fact]
    public async Task A_command_is_run_over_ssh_through_it()
    {
        var (sshd, ssh, keygen) = (Machine.Program("sshd"), Machine.Program("ssh"), Machine.Program("ssh-keygen"));
        using var folder = PrivateFolder.For(Who.Root);
        foreach (var key in (string[])["host", "mine"])
        {
            (await Command.Run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder.At(key))).Succeeded();
        }

        Directory.CreateDirectory("/run/sshd");     // ours alone: see script/end-to-end
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.ssh]
            listen = "unix:{folder.At("ssh")}"
            user = "root"
            exec = ["{sshd}", "-i", "-e", "-f", "/dev/null", "-h", "{folder.At("host")}", "-o", "UsePAM=no", "-o", "StrictModes=no",
                "-o", "PermitRootLogin=yes", "-o", "AuthorizedKeysFile={folder.At("mine.pub")}"]
            stderr = "log"

            {Redirect("unix:" + folder.At("ssh"))}
            """);

        var said = (await Command.Run(
            ssh, "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
            "-i", folder.At("mine"), "-p", $"{daemon.Address("away").Port}", "root@127.0.0.1", "head -c 5M /dev/zero | sha256sum")).Succeeded();

        Assert.Equal($"{Convert.ToHexStringLower(SHA256.HashData(new byte[5 << 20]))}  -\n", said);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_server_behind_it_learns_from_the_header_who_the_client_of_curl_is(string version)
    {
        var curl = Machine.Program("curl");
        await using var server = new WebServer();
        await using var daemon = await RunningDaemon.Start(
            Who.OrdinaryUser, Redirect($"tcp:127.0.0.1:{server.Port}", options: $", proxy = \"{version}\""));
        var address = daemon.Address("away");

        var said = (await Command.Run(curl, "-s", "--local-port", "40000-40100", $"http://{address}/")).Succeeded();

        Assert.Equal("hello", said);
        var heard = await server.Heard;
        var client = new IPEndPoint(IPAddress.Loopback, PortOf(heard, version));
        Assert.InRange(client.Port, 40000, 40100);
        Assert.StartsWith(
            version == "v1"
                ? $"PROXY TCP4 127.0.0.1 127.0.0.1 {client.Port} {address.Port}\r\nGET / HTTP/1.1\r\n"
                : $"\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u007f\0\0\u0001\u007f\0\0\u0001{Two(client.Port)}{Two(address.Port)}GET / HTTP/1.1\r\n",
            heard,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("nowait")]
    public async Task Names_are_asked_over_datagrams_and_each_asker_gets_his_own_answer(string mode)
    {
        await using var server = new NameServer();
        await using var daemon = await RunningDaemon.Start(Who.Root, $$"""
            [service.away]
            listen = "udp:127.0.0.1:0"
            handler = "redirect"
            mode = "{{mode}}"
            options = { to = "udp:127.0.0.1:{{server.Port}}", idle_timeout = "1s" }
            """);
        var clients = Enumerable.Range(0, 5).Select(_ => new DatagramClient(daemon.Address("away", "udp"))).ToList();

        for (var round = 0; round < 3; round++)
        {
            var answers = await Task.WhenAll(clients.Select((client, number) => client.Ask($"{round}.{number}?")));
            Assert.Equal(clients.Select((_, number) => $"?{number}.{round}"), answers);
        }

        await daemon.Log.WaitForCount(5, Said.Says, "away");
        Assert.All(
            daemon.Log.All(Said.Says),
            line => Assert.Matches(@": 12 bytes in 3 datagrams in, 12 bytes in 3 datagrams out, .*: silent$", line["Line"]));
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Two_thousand_clients_are_carried_by_one_worker_at_the_same_time(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $$"""
            [service.echo]
            listen = "unix:{{folder.At("echo")}}"
            handler = "echo"
            mode = "pool"
            pool = { workers = 1, max_concurrent = {{Crowd}} }
            max_connections = {{Crowd}}

            {{Redirect("unix:" + folder.At("echo"), $"mode = \"pool\"\npool = {{ workers = 1, max_concurrent = {Crowd} }}\nmax_connections = {Crowd}")}}
            """);
        var clients = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => Client.Connect(daemon.Address("away"))));
        await Task.WhenAll(clients.Select((client, number) => client.Send($"{number:0000}")));

        var heard = await Task.WhenAll(clients.Select(client => client.Receive(4)));

        Assert.Equal(Enumerable.Range(0, Crowd).Select(number => $"{number:0000}"), heard);
        var worker = await daemon.Child("away");
        TestContext.Current.TestOutputHelper?.WriteLine($"the worker has {worker.SharedMemory / 1024} kB with {Crowd} clients");
        Assert.InRange(worker.SharedMemory, 0, 60 << 20);
        Array.ForEach(clients, client => client.Dispose());
        await daemon.Log.WaitForCount(Crowd, Said.EndedWithExit, "away");
    }

    [Theory]
    [MemberData(nameof(EveryoneInEveryMode))]
    public async Task Where_nobody_answers_the_client_is_reset_and_the_log_says_why(Who who, string mode)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Redirect("unix:/nonexistent/socket", $"mode = \"{mode}\""));

        // The reset may be as quick as the handshake.
        var reset = await Assert.ThrowsAsync<SocketException>(() => Client.Hear(daemon.Address("away")));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);

        Assert.Matches(
            @"^(<.>)?(\[.*\] )?127\.0\.0\.1:\d+ is not connected: unix:/nonexistent/socket: No such file or directory$", (await Told(daemon))["Line"]);
        if (mode != "wait")
        {
            Assert.Equal("75", (await daemon.Log.WaitFor(Said.EndedWithExit, "away"))["ExitCode"]);
        }
    }

    private static Task<LogLine> Told(RunningDaemon daemon) => daemon.Log.WaitFor(Said.Says, "away");

    private static string Redirect(string target, string keys = "", string options = "") => $$"""
        [service.away]
        listen = "tcp:127.0.0.1:0"
        handler = "redirect"
        options = { to = "{{target}}"{{options}} }
        {{keys}}

        """;

    /// <summary>Sends so many megabytes of noise; gives their checksum.</summary>
    private static async Task<string> SendMuch(Socket socket, int megabytes)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var noise = new byte[1 << 20];
        Random.Shared.NextBytes(noise);
        for (var sent = 0; sent < megabytes; sent++)
        {
            noise[sent]++;
            sum.AppendData(noise);
            for (var rest = noise.AsMemory(); !rest.IsEmpty;)
            {
                rest = rest[await socket.SendAsync(rest, Deadline.Soon)..];
            }
        }

        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }

    private static async Task<string> Hear(Socket socket)
    {
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        for (int got; (got = await socket.ReceiveAsync(buffer, Deadline.Soon)) > 0;)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, got));
        }

        return text.ToString();
    }

    private static int PortOf(string heard, string version) =>
        version == "v1" ? int.Parse(heard.Split(' ')[4], null) : (heard[24] << 8) + heard[25];

    private static string Two(int port) => $"{(char)(port >> 8)}{(char)(port & 0xff)}";

    /// <summary>Takes one request, however it begins, and answers it.</summary>
    private sealed class WebServer : IAsyncDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public WebServer()
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _socket.Listen();
            Heard = Answer();
        }

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        public Task<string> Heard { get; }

        public async ValueTask DisposeAsync()
        {
            _socket.Dispose();
            await Task.WhenAny(Heard);
        }

        private async Task<string> Answer()
        {
            using var connection = await _socket.AcceptAsync(Deadline.Soon);
            var heard = "";
            var buffer = new byte[4096];
            while (!heard.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                var got = await connection.ReceiveAsync(buffer, Deadline.Soon);
                Assert.NotEqual(0, got);
                heard += Encoding.Latin1.GetString(buffer, 0, got);
            }

            _ = await connection.SendAsync("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray(), Deadline.Soon);
            return heard;
        }
    }

    /// <summary>Answers each question with its letters the other way round.</summary>
    private sealed class NameServer : IAsyncDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        public NameServer()
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _serving = Serve();
        }

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAny(_serving);
            _socket.Dispose();
            _stop.Dispose();
        }

        private async Task Serve()
        {
            var buffer = new byte[1000];
            while (true)
            {
                var got = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                Array.Reverse(buffer, 0, got.ReceivedBytes);
                _ = await _socket.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint, _stop.Token);
            }
        }
    }
}
