using System.Diagnostics;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>What the daemon does about processes of the vestibule that die, hang, or say what they must not.</summary>
public sealed class VestibuleTests
{
    private const string Proxied = "proxy_protocol = true\ntrusted_proxies = '127.0.0.0/8'\nproxy_timeout = '500ms'";

    [Fact]
    public async Task A_process_gets_the_variables_of_the_connection_and_has_nothing_else()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, "print(' '.join(sorted(text.decode().split('\\0'))), len(sockets), file=sys.stderr, flush=True)\n" + Porter.Good);
        await using var daemon = await RunningDaemon.Start(folder, Service("env", "/usr/bin/env", Proxied));

        Assert.Contains("TCPREMOTEIP=203.0.113.7\n", await Client.Hear(daemon.Address("env")), StringComparison.Ordinal);

        var process = new LinuxProcess((await daemon.Log.WaitFor(Said.IsAtWork)).Pid);
        Assert.Equal(["superserver-handlers", "proxy"], process.CommandLine.TakeLast(2).Select(word => Path.GetFileName(word)));
        Assert.Equal([0, 1, 2], process.Descriptors.Keys);
        Assert.Equal(("env", "1"), (process.Environment["SUPERSERVER_SERVICE"], process.Status("NoNewPrivs")));
        var told = (await daemon.Log.WaitFor(Said.Says))["Line"];
        Assert.Contains("PROTO=TCP", told, StringComparison.Ordinal);
        Assert.Contains("SUPERSERVER_SERVICE=env", told, StringComparison.Ordinal);
        Assert.EndsWith("VISIT_TIMEOUT_MS=500 1", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello", "it has sent what is no answer")]
    [InlineData("local", "it has sent what is no answer")]
    [InlineData("ready {id}", "it has sent what is no answer")]
    [InlineData("local {id}9", "it has sent what is no answer")]
    [InlineData("peer {id} 203.0.113.7 4444 host.example.org 443", "it has sent what is no answer")]
    public async Task One_that_says_what_it_must_not_is_ended_and_the_next_visitor_gets_another(string text, string why)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, $"say(f'{text}')\ntime.sleep(60)");
        await using var daemon = await RunningDaemon.Start(folder, Service("env", "/usr/bin/env", Proxied));

        Assert.Equal("", await Client.Hear(daemon.Address("env")));
        Assert.Equal(why, (await daemon.Log.WaitFor(Said.IsToEnd))["Why"]);
        Assert.Equal("limit=proxy_protocol why=trouble", (await daemon.Log.WaitFor(Said.Refused))["Refusal"]);
        Porter.Write(folder, Porter.Good);

        Assert.Contains("TCPREMOTEIP=203.0.113.7\n", await Client.Hear(daemon.Address("env")), StringComparison.Ordinal);
        await Eventually.Holds(() => daemon.Kernel.Children.Count == 1, "end of the liar");
    }

    [Theory]
    [InlineData("os.kill(os.getpid(), signal.SIGKILL)")]
    [InlineData("sys.exit(1)")]
    [InlineData("daemon.shutdown(socket.SHUT_RDWR); time.sleep(60)")]
    public async Task One_that_dies_takes_its_visitors_with_it_and_nobody_else(string end)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, $"if os.path.exists('{folder.At("die")}'): {end}\n{Porter.Good}");
        await using var daemon = await RunningDaemon.Start(folder, Service("env", "/usr/bin/env", Proxied + "\nstop_timeout = '100ms'"));
        await Client.Hear(daemon.Address("env"));
        await daemon.Log.WaitFor(Said.EndedWithExit);
        var before = daemon.Kernel.Descriptors.Count;
        for (var round = 0; round < 3; round++)
        {
            folder.Write("die", "");
            Assert.Equal("", await Client.Hear(daemon.Address("env")));
            File.Delete(folder.At("die"));
            Assert.Contains("TCPREMOTEIP=203.0.113.7\n", await Client.Hear(daemon.Address("env")), StringComparison.Ordinal);
        }

        await Eventually.Holds(() => daemon.Kernel.Children.Count == 1 && daemon.Kernel.Descriptors.Count <= before, "nothing left behind");
    }

    [Fact]
    public async Task One_that_dies_as_soon_as_it_is_started_puts_the_service_off_and_on_again_when_it_is_mended()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, "pass", first: "sys.exit(78)");
        await using var daemon = await RunningDaemon.Start(folder, Service("env", "/usr/bin/env", Proxied));

        Assert.Equal("", await Client.Hear(daemon.Address("env")));
        await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "env").Any(line => line["State"] == "backing-off"), "backing-off");
        Porter.Write(folder, Porter.Good);

        Assert.Contains("TCPREMOTEIP=203.0.113.7\n", await Client.Hear(daemon.Address("env")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_not_there_is_named_and_the_service_rests()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, Porter.Good);
        await using var daemon = await RunningDaemon.Start(folder, Service("env", "/usr/bin/env", Proxied));
        File.Move(folder.At("handlers/superserver-handlers"), folder.At("handlers/elsewhere"));

        Assert.Equal("", await Client.Hear(daemon.Address("env")));
        Assert.Contains("superserver-handlers", (await daemon.Log.WaitFor(Said.CouldNotBeStarted))["Step"], StringComparison.Ordinal);
        File.Move(folder.At("handlers/elsewhere"), folder.At("handlers/superserver-handlers"));

        Assert.Contains("TCPREMOTEIP=203.0.113.7\n", await Client.Hear(daemon.Address("env")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_hangs_loses_its_visitors_by_their_deadline_and_is_killed_in_the_end()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, Porter.Good);
        await using var daemon = await RunningDaemon.Start(folder, Service("env", "/usr/bin/env", Proxied + "\nstop_timeout = '200ms'"));
        await Client.Hear(daemon.Address("env"));
        var hanging = daemon.Log.All(Said.IsAtWork)[0].Pid;
        Machine.Signal(hanging, Signals.STOP);

        var watch = Stopwatch.StartNew();
        Assert.Equal("", await Client.Hear(daemon.Address("env")));
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.4, 4);
        Assert.Equal("limit=proxy_protocol why=timeout", (await daemon.Log.WaitFor(Said.Refused))["Refusal"]);

        Assert.Contains("TCPREMOTEIP=203.0.113.7\n", await Client.Hear(daemon.Address("env")), StringComparison.Ordinal);
        Assert.Equal("it does not answer", (await daemon.Log.WaitFor(Said.IsToEnd))["Why"]);
        await Eventually.Holds(() => daemon.Kernel.Children.All(child => child.Pid != hanging), "end of the one that hung");
    }

    [Fact]
    public async Task One_that_does_not_read_gets_no_more_than_its_socket_holds_and_nobody_is_lost_when_it_goes_on()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, Porter.Good);
        await using var daemon = await RunningDaemon.Start(folder, Service("true", "/bin/echo", Proxied + "\nproxy_timeout = '1m'\nmax_connections = 2000")
            .Replace("proxy_timeout = '500ms'\n", "", StringComparison.Ordinal));
        await Client.Hear(daemon.Address("true"));
        var slow = daemon.Log.All(Said.IsAtWork)[0].Pid;
        Machine.Signal(slow, Signals.STOP);
        var clients = await Client.ConnectMany(1_000, daemon.Address("true"));
        await daemon.IdlesFor(TimeSpan.FromMilliseconds(300));

        Machine.Signal(slow, Signals.CONT);

        var heard = await Task.WhenAll(clients.Select(client => client.ReceiveAll()));
        Assert.All(heard, text => Assert.Equal("\n", text));
        Assert.Empty(daemon.Log.All(Said.Refused));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task The_program_behind_TLS_has_a_socket_of_its_own_and_what_is_known_of_the_connection()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, Porter.Carrier);
        await using var daemon = await RunningDaemon.Start(folder, Service("env", "/usr/bin/env", Secured(folder)));

        var environment = await Client.Hear(daemon.Address("env"));

        Assert.Contains("TCPREMOTEIP=127.0.0.1\n", environment, StringComparison.Ordinal);
        Assert.Contains("SSL_PROTOCOL=TLSv1.3\nSSL_CIPHER=NONE\n", environment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mode = 'pool'")]
    public async Task A_connection_behind_TLS_counts_from_the_handshake_to_the_end_of_its_program(string mode)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, $"while not os.path.exists('{folder.At("go")}'): time.sleep(0.01)\n{Porter.Carrier}");
        var program = mode.Length > 0 ? folder.WriteProgram("worker", Pool.Sample) : "/bin/cat";
        await using var daemon = await RunningDaemon.Start(
            folder, Service("cat", program, Secured(folder) + $"\nmax_connections = 1\noverflow = 'close'\n{mode}"));
        using var first = await Client.Connect(daemon.Address("cat"));
        await daemon.Log.WaitFor(Said.IsAtWork);

        Assert.Equal("", await Client.Hear(daemon.Address("cat")));
        Assert.StartsWith("limit=max_connections max=1", (await daemon.Log.WaitFor(Said.Refused))["Refusal"], StringComparison.Ordinal);
        folder.Write("go", "");
        await first.Send("hello\n");
        Assert.Equal("HELLO\n", (await first.Receive(6)).ToUpperInvariant());
        Assert.Equal("", await Client.Hear(daemon.Address("cat")));
        first.EndSending();
        Assert.Equal("", await first.ReceiveAll());
        await daemon.Log.WaitFor(Said.EndedWithExit, "cat");

        Assert.Equal("AGAIN\n", (await Client.Ask(daemon.Address("cat"), "again\n")).ToUpperInvariant());
        await daemon.Log.WaitForCount(2, Said.StartedFor);
    }

    [Fact]
    public async Task In_a_full_service_a_handshake_that_does_not_get_on_makes_way()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, "first = client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) if variables['TCPREMOTEIP'] != '127.0.0.9' else None\n"
            + "if not first: held = globals().setdefault('all', []); held.append(sockets); continue\n" + Porter.Carrier);
        await using var daemon = await RunningDaemon.Start(folder, Service("cat", "/bin/cat", Secured(folder) + "\nmax_connections = 3"));
        var silent = await Client.ConnectMany(3, daemon.Address("cat"), from: "127.0.0.9");
        await daemon.Log.WaitFor(Said.Full);

        var watch = Stopwatch.StartNew();
        var waiting = await Client.Connect(daemon.Address("cat"));
        await waiting.Send("hello");
        Assert.Equal("hello", await waiting.Receive(5));

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);
        Assert.Equal("limit=tls why=overload", (await daemon.Log.WaitFor(Said.Refused))["Refusal"]);
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task After_a_reload_new_clients_get_the_new_certificate_and_old_ones_keep_their_process()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, Porter.Carrier);
        var service = Service("cat", "/bin/cat", Secured(folder));
        await using var daemon = await RunningDaemon.Start(folder, service);
        using var old = await Client.Connect(daemon.Address("cat"));
        await old.Send("old");
        Assert.Equal("old", await old.Receive(3));

        await daemon.Reload(service.Replace("certificate =", "min_version = \"1.3\", certificate =", StringComparison.Ordinal));

        Assert.Equal("new", await Client.Ask(daemon.Address("cat"), "new"));
        await old.Send("still");
        Assert.Equal("still", await old.Receive(5));
        Assert.Equal(2, daemon.Log.All(Said.IsAtWork).Select(line => line.Pid).Distinct().Count());
        old.EndSending();
        Assert.Equal("", await old.ReceiveAll());
        await Eventually.Holds(() => daemon.Kernel.Children.All(child => child.Pid != daemon.Log.All(Said.IsAtWork)[0].Pid), "end of the old process");
    }

    [Fact]
    public async Task Connections_behind_TLS_live_through_an_upgrade_and_leave_nothing_behind()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, Porter.Carrier);
        await using var daemon = await RunningDaemon.Start(folder, Service("cat", "/bin/cat", Secured(folder)));
        using var client = await Client.Connect(daemon.Address("cat"));
        await client.Send("one");
        Assert.Equal("one", await client.Receive(3));

        await daemon.Upgrade();

        await client.Send("two");
        Assert.Equal("two", await client.Receive(3));
        Assert.Equal("three", await Client.Ask(daemon.Address("cat"), "three"));
        client.EndSending();
        Assert.Equal("", await client.ReceiveAll());
        await Eventually.Holds(() => daemon.Kernel.Children.Count == 1, "only the process of the new daemon");
        Assert.DoesNotContain(daemon.Kernel.Children, child => child.State == 'Z');
    }

    [Fact]
    public async Task When_the_program_has_run_too_long_its_client_is_gone_with_it_and_the_process_stays()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Porter.Write(folder, Porter.Carrier);
        await using var daemon = await RunningDaemon.Start(folder, Service("cat", "/bin/cat", Secured(folder) + "\nmax_runtime = '1s'"));
        using var client = await Client.Connect(daemon.Address("cat"));
        await client.Send("hello");
        Assert.Equal("hello", await client.Receive(5));

        Assert.Equal("", await client.ReceiveAll());

        await daemon.Log.WaitFor(Said.Overtime);
        await Eventually.Holds(() => daemon.Kernel.Children.Count == 1, "end of the program");
        Assert.Equal(daemon.Log.All(Said.IsAtWork)[0].Pid, daemon.Kernel.Children[0].Pid);
    }

    private static string Service(string name, string program, string keys) => $"""
        [service.{name}]
        listen = "tcp:127.0.0.1:0"
        exec = ["{program}"]
        {keys}

        """;

    // Nobody reads them here; but they must be there, and the key a secret.
    private static string Secured(PrivateFolder folder)
    {
        var (certificate, key) = (folder.Write("web.pem", ""), folder.Write("web.key", ""));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return $$"""tls = { certificate = "{{certificate}}", key = "{{key}}" }""";
    }
}
