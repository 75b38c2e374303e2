using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary><c>superserver run</c>: one program behind a port, from a command line.</summary>
public sealed class RunTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_program_that_is_named_as_in_a_shell_serves_clients_until_the_command_is_told_to_end(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--", "cat");

        Assert.Equal("hello\n", await Client.Ask(await run.Address(), "hello\n"));

        run.Signal(Signals.TERM);
        Assert.Equal(0, await run.End());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task The_child_has_the_contract_of_a_service_but_for_where_it_starts_and_where_its_errors_go()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var run = RunningTool.Start(
            folder, "run", "tcp:127.0.0.1:0", "-E", "COLOUR=blue", "--env", "HOME", "--", "sh", "-c", "echo oops >&2; pwd; id -un; env");

        var said = await Client.Hear(await run.Address());

        Assert.StartsWith($"{folder.Path}\nnobody\n", said, StringComparison.Ordinal);
        Assert.Contains("COLOUR=blue\n", said, StringComparison.Ordinal);
        Assert.Contains($"HOME={Environment.GetEnvironmentVariable("HOME")}\n", said, StringComparison.Ordinal);
        Assert.Contains("SUPERSERVER_SERVICE=sh\n", said, StringComparison.Ordinal);
        Assert.Contains("TCPREMOTEIP=127.0.0.1\n", said, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET", said, StringComparison.Ordinal);
        await run.WaitFor("says: oops");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Every_wrong_flag_is_told_in_the_words_of_the_configuration(Who who)
    {
        using var folder = PrivateFolder.For(who);

        var run = await Run(folder, "tcp:8000", "--user", "nobdy", "--max-connections", "many", "--set", "pol.workers=3",
            "--option", "a=b", "--mode", "nowiat", "--", "cat");

        Assert.Equal(
            """
            --user: there is no user 'nobdy' (did you mean 'nobody'?)
            --mode: 'mode' must be "nowait", "wait" or "pool", not 'nowiat' (did you mean 'nowait'?)
            --max-connections: 'max_connections' must be a number from 1 to 100000, not the text 'many'
            --option: 'options' are for handlers; a program gets arguments in 'exec' and variables in 'env'
            --set: service 'cat' has no setting 'pol' (did you mean 'pool'?)

            """,
            run.Error);
        Assert.Equal(78, run.ExitCode);
    }

    [Theory]
    [InlineData("there is nothing to start: superserver run tcp:8000 -- CMD [ARG…], or --handler NAME", "tcp:8000")]
    [InlineData("nothing follows \"--\": superserver run tcp:8000 -- CMD [ARG…]", "tcp:8000", "--")]
    [InlineData("there is no flag '--uesr' (did you mean '--user'?)", "tcp:8000", "--uesr", "me", "--", "cat")]
    [InlineData("--once is --connections 1: give one of them", "tcp:8000", "--once", "-n", "2", "--", "cat")]
    [InlineData("--connections must be a number from 1 to 2147483647, not 'x'", "tcp:8000", "-n", "x", "--", "cat")]
    [InlineData("where to listen is missing: superserver run tcp:8000 -- CMD, or see superserver run --help", "--", "cat")]
    [InlineData("run reads no configuration: it is told everything here (superserver serve reads the file)", "tcp:8000", "--config", "x", "--", "cat")]
    public async Task A_command_line_that_makes_no_sense_is_refused_with_exit_64(string sentence, params string[] arguments)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var run = await Run(folder, arguments);

        Assert.Equal($"superserver: {sentence}\n", run.Error);
        Assert.Equal(64, run.ExitCode);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_before_anything_listens()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var run = await Run(folder, "tcp:127.0.0.1:0", "--", "no-such-program-anywhere");

        Assert.Equal("CMD: there is no program 'no-such-program-anywhere' in PATH\n", run.Error);
        Assert.Equal(78, run.ExitCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_it_with_exit_71_and_the_name_of_who_has_it()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var run = await Run(folder, $"tcp:{other.LocalEndpoint}", "--", "cat");

        Assert.Contains("Address already in use", run.Error, StringComparison.Ordinal);
        Assert.Equal(71, run.ExitCode);
    }

    [Fact]
    public async Task Once_serves_one_client_to_its_end_and_ends_then()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--once", "--", "cat");
        var address = await run.Address();
        using var first = await Client.Connect(address);
        await first.Send("one");
        Assert.Equal("one", await first.Receive(3));

        await run.WaitFor("no longer listening");
        await Assert.ThrowsAnyAsync<SocketException>(() => Client.Connect(address));
        await first.Send("two");
        Assert.Equal("two", await first.Receive(3));
        first.EndSending();

        Assert.Equal(0, await run.End());
    }

    [Theory]
    [InlineData("nowait")]
    [InlineData("pool")]
    public async Task So_many_connections_are_served_and_not_one_more(string mode)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(
            folder, "run", "tcp:127.0.0.1:0", "-n", "3", "-m", mode, "--handler", "echo");
        var address = await run.Address();

        for (var client = 0; client < 3; client++)
        {
            Assert.Equal("hello", await Client.Ask(address, "hello"));
        }

        Assert.Equal(0, await run.End());
        Assert.Empty(run.Kernel.IsThere ? run.Kernel.Children : []);
    }

    [Fact]
    public async Task In_wait_mode_once_is_one_life_of_the_server()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "udp:127.0.0.1:0", "--once", "--option", "idle=100ms", "--handler", "daytime");
        using var client = new UdpClient();
        client.Connect(await run.Address());
        await client.SendAsync(new byte[1], Deadline.Soon);

        Assert.NotEmpty((await client.ReceiveAsync(Deadline.Soon)).Buffer);
        Assert.Equal(0, await run.End());
    }

    [Fact]
    public async Task Its_end_is_the_end_of_its_children()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--", "sleep", "1000");
        using var client = await Client.Connect(await run.Address());
        await run.WaitFor("started for");
        var child = Assert.Single(run.Kernel.Children);

        run.Signal(Signals.INT);

        Assert.Equal(0, await run.End());
        Assert.False(child.IsAlive);
        Assert.Contains("ended by signal 15", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_will_not_end_is_killed_when_the_command_is_told_twice()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(
            folder, "run", "tcp:127.0.0.1:0", "--", "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");
        using var client = await Client.Connect(await run.Address());
        Assert.Equal("ready\n", await client.Receive(6));
        var child = Assert.Single(run.Kernel.Children);

        run.Signal(Signals.TERM);
        await run.WaitFor("stopping");
        Assert.True(child.IsAlive);
        run.Signal(Signals.TERM);

        Assert.Equal(0, await run.End());
        Assert.False(child.IsAlive);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("nohup", null)]
    public async Task A_terminal_that_goes_away_ends_it_but_not_under_nohup(string through, int? exitCode)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, through.Length > 0 ? [through] : [], ["run", "tcp:127.0.0.1:0", "--", "cat"]);
        var address = await run.Address();

        run.Signal(Signals.HUP);

        if (exitCode is null)
        {
            Assert.Equal("still here", await Client.Ask(address, "still here"));
        }
        else
        {
            Assert.Equal(exitCode, await run.End());
        }
    }

    [Fact]
    public async Task The_ports_are_in_the_file_when_all_are_open_and_the_file_goes_with_the_command()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(
            folder, "run", "tcp:127.0.0.1:0", "tcp:[::1]:0", "--port-file", "ports", "--quiet", "--", "cat");
        var file = folder.At("ports");
        await Eventually.Holds(() => File.Exists(file), "port file");

        var ports = (await File.ReadAllLinesAsync(file, Deadline.Soon)).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal("four", await Client.Ask(new IPEndPoint(IPAddress.Loopback, ports[0]), "four"));
        Assert.Equal("six", await Client.Ask(new IPEndPoint(IPAddress.IPv6Loopback, ports[1]), "six"));
        run.Signal(Signals.TERM);

        Assert.Equal(0, await run.End());
        Assert.False(File.Exists(file));
        Assert.Equal("", run.Output + run.Error);
    }

    [Fact]
    public async Task A_port_that_the_kernel_chose_is_printed_where_a_script_can_read_it()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "-q", "--", "cat");
        await Eventually.Holds(() => run.Output.Length > 0, "port");

        var port = int.Parse(run.Output, CultureInfo.InvariantCulture);

        Assert.Equal("hello", await Client.Ask(new IPEndPoint(IPAddress.Loopback, port), "hello"));
    }

    [Fact]
    public async Task A_port_file_that_cannot_be_written_ends_it_with_exit_73()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var run = await Run(folder, "tcp:127.0.0.1:0", "--port-file", "/nowhere/ports", "--", "cat");

        Assert.Contains("superserver: --port-file: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(73, run.ExitCode);
    }

    [Fact]
    public async Task Limits_and_rules_hold_and_name_their_flag()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(
            folder, "run", "tcp:127.0.0.1:0", "--deny", "127.0.0.2", "--max-per-source", "1", "--set", "overflow=close", "--", "cat");
        var address = await run.Address();

        Assert.Equal("", await Client.Hear(address, from: "127.0.0.2"));
        await run.WaitFor("refused: limit=deny rule=127.0.0.2 set-at=--deny");
        using var first = await Client.Connect(address);
        await first.Send("in");
        Assert.Equal("in", await first.Receive(2));
        Assert.Equal("", await Client.Hear(address));
        await run.WaitFor("refused: limit=max_per_source max=1 source=127.0.0.1/32 set-at=--max-per-source");
    }

    [Fact]
    public async Task A_handler_gets_its_options_and_a_path_leads_to_one_of_your_own()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        folder.WriteProgram("greeter", "#!/bin/sh\necho \"$SUPERSERVER_OPTIONS\"\n");
        await using var run = RunningTool.Start(
            folder, "run", "tcp:127.0.0.1:0", "--handler", "./greeter", "-o", "words=hello, you", "-o", "times=3", "-o", "deep.er=true");

        Assert.Equal("""{"words":"hello, you","times":3,"deep":{"er":true}}""" + "\n", await Client.Hear(await run.Address()));
    }

    [Fact]
    public async Task Sockets_that_systemd_hands_over_need_no_LISTEN()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var activate = Machine.Program("systemd-socket-activate");
        var port = FreePort();
        await using var run = RunningTool.Start(
            folder, [activate, "--listen", $"127.0.0.1:{port}"], ["run", "--", "cat"]);
        await run.WaitFor("Listening on");

        Assert.Equal("hello", await Client.Ask(new IPEndPoint(IPAddress.Loopback, port), "hello"));
    }

    [Fact]
    public async Task It_has_no_lock_no_control_socket_and_no_file_of_a_daemon()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--", "cat");
        await run.Address();

        Assert.DoesNotContain(run.Kernel.Descriptors.Values, file => file.Contains("superserver", StringComparison.Ordinal));
        Assert.DoesNotContain(" ERR ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(" WRN ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_has_examples_and_not_the_flag_that_it_has_no_use_for()
    {
        var help = (await Command.Run(Programs.Daemon, "run", "--help")).Succeeded();

        Assert.Contains("superserver run tcp:8000 -- /bin/cat", help, StringComparison.Ordinal);
        Assert.DoesNotContain("--config", help, StringComparison.Ordinal);
    }

    private static Task<Command> Run(PrivateFolder folder, params string[] arguments) =>
        Command.Run([.. Machine.Becoming(folder.Owner), "env", $"--chdir={folder.Path}", Programs.Daemon, "run", .. arguments]);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
