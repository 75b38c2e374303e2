using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary><c>superserver try</c>: the contract that a handler has with the daemon, and the terminal as its client.</summary>
public sealed class TryTests
{
    [Theory]
    [InlineData(Who.Root, "nowait")]
    [InlineData(Who.OrdinaryUser, "nowait")]
    [InlineData(Who.Root, "wait")]
    [InlineData(Who.OrdinaryUser, "pool")]
    public async Task A_handler_answers_what_is_typed_and_is_told_good_bye(Who who, string mode)
    {
        using var folder = PrivateFolder.For(who);

        var tried = await Try(folder, "hello\n", "--mode", mode, "echo");

        Assert.Equal("hello\n", tried.Succeeded());
        Assert.Contains("6 bytes sent, 6 received", tried.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_finds_the_contract_of_a_service()
    {
        using var folder = PrivateFolder.For(Who.Root);

        var tried = await Try(folder, "", "--from", "192.0.2.7:4711", "--", "sh", "-c",
            "id -un; env; trap; readlink /proc/self/fd/0 | cut -c1-6; cut -d' ' -f6 /proc/$$/stat; echo $$");

        var lines = tried.Succeeded().Split('\n');
        Assert.Equal("nobody", lines[0]);
        Assert.Contains("TCPREMOTEIP=192.0.2.7", lines);
        Assert.Contains("TCPREMOTEPORT=4711", lines);
        Assert.Contains("REMOTE_HOST=192.0.2.7", lines);
        Assert.Contains("TCPLOCALIP=127.0.0.1", lines);
        Assert.Contains("SUPERSERVER_SERVICE=sh", lines);
        Assert.Contains("socket", lines);
        Assert.Equal(lines[^2], lines[^3]);     // it leads its own session
        Assert.DoesNotContain(lines, line => line.StartsWith("HOME=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("exit 75", 75, "ended with exit code 75 (EX_TEMPFAIL: later it may work)")]
    [InlineData("kill -SEGV $$", 139, "was ended by signal 11 (SIGSEGV: it crashed)")]
    [InlineData("exit 0", 0, "ended well (exit code 0)")]
    public async Task How_it_ended_is_told_in_words_and_by_the_exit_code(string command, int exitCode, string words)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var tried = await Try(folder, "", "--", "sh", "-c", command);

        Assert.Contains($"superserver: sh {words} after 0.", tried.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, tried.ExitCode);
    }

    [Fact]
    public async Task Standard_error_is_shown_behind_the_name_and_escaped()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var tried = await Try(folder, "", "--", "sh", "-c", "printf 'one\\ntwo\\033[2J' >&2");

        Assert.StartsWith("[sh] one\n[sh] two\\u001B[2J\n", tried.Error, StringComparison.Ordinal);
        Assert.Equal("", tried.Output);
    }

    [Fact]
    public async Task Three_megabytes_go_there_and_back()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var much = new string('x', 3_000_000);

        Assert.Equal(much, (await Try(folder, much, "echo")).Succeeded());
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("nowait")]
    public async Task Each_line_is_a_datagram(string mode)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        folder.WriteProgram("count", """
            #!/usr/bin/env python3
            import socket
            s = socket.socket(fileno=0)
            for _ in range(2):
                data, peer = s.recvfrom(100)
                s.sendto(b"<" + data + b">", peer)
            """);

        var tried = await Try(folder, "one\ntwo\n", "--udp", "--mode", mode, "--", "./count");

        Assert.Equal("<one\n><two\n>", tried.Succeeded());
        Assert.Contains("ended well", tried.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pair_of_Unix_sockets_tells_who_is_there()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var tried = await Try(folder, "", "--unix", "--", "sh", "-c", "echo $PROTO $IPCREMOTEEUID");

        Assert.Equal($"IPC {(Machine.IsRoot ? Machine.Uid("somebody") : Environment.GetEnvironmentVariable("UID"))}\n", tried.Succeeded());
    }

    [Fact]
    public async Task A_worker_that_never_says_done_is_found_out()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        folder.WriteProgram("silent", """
            #!/usr/bin/env python3
            import array, socket
            pool = socket.socket(fileno=0)
            data, rights, _, _ = pool.recvmsg(4096, 100)
            client = socket.socket(fileno=array.array("i", rights[0][2][:4])[0])
            client.sendall(b"hello\n")
            client.close()
            pool.recv(100)
            """);

        var tried = await Try(folder, "", "--mode", "pool", "--", "./silent");

        Assert.Equal("hello\n", tried.Succeeded());
        Assert.Contains("the worker never said \"done ID\"", tried.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_of_a_configuration_has_its_user_its_variables_and_its_options()
    {
        using var folder = PrivateFolder.For(Who.Root);
        folder.WriteProgram("tell", "#!/bin/sh\nid -un\necho $COLOUR $SUPERSERVER_OPTIONS\n");
        folder.Write("superserver.toml", $$"""
            [daemon]
            handlers_dir = "{{folder.Path}}"
            [service.mine]
            listen = "tcp:1"
            handler = "tell"
            user = "git"
            env = { COLOUR = "blue" }
            options = { deep = true }
            """);

        var tried = await Try(folder, "", "--config", "superserver.toml", "--service", "mine");

        Assert.Equal("git\nblue {\"deep\":true}\n", tried.Succeeded());
    }

    [Fact]
    public async Task An_ordinary_user_cannot_try_what_runs_as_somebody_else()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        folder.Write("superserver.toml", "[service.mine]\nlisten = \"tcp:1\"\nexec = [\"/bin/cat\"]\nuser = \"root\"\n");

        var tried = await Try(folder, "", "--config", "superserver.toml", "--service", "mine");

        Assert.StartsWith("superserver: the service 'mine' runs as 'root', and you are ", tried.Error, StringComparison.Ordinal);
        Assert.Equal(77, tried.ExitCode);
    }

    [Theory]
    [InlineData(64, "superserver: there is nothing to try: superserver try HANDLER, superserver try -- CMD [ARG…], or --service NAME")]
    [InlineData(64, "superserver: there is more than one thing to try: name a handler, or a program behind \"--\", or --service NAME", "echo", "--", "cat")]
    [InlineData(64, "superserver: --udp and --unix exclude each other", "echo", "--udp", "--unix")]
    [InlineData(64, "superserver: --from does not go with --unix: who comes by a Unix socket has no address", "echo", "--from", "::1", "--unix")]
    [InlineData(64, "superserver: --from must be an address, as in 192.0.2.7, 192.0.2.7:4711 or [2001:db8::7]:4711, not 'me'", "echo", "--from", "me")]
    [InlineData(64, "superserver: --user does not go with --service: the configuration says it", "--service", "a", "--user", "b")]
    [InlineData(78, "--mode: a datagram service has mode = \"wait\" or \"nowait\": workers of a pool take connections", "--udp", "--mode", "pool", "--", "cat")]
    [InlineData(64, "superserver: --config goes with --service NAME", "--config", "x", "echo")]
    [InlineData(66, "missing.toml: the configuration file does not exist\n1 problem in missing.toml", "--config", "missing.toml", "--service", "x")]
    [InlineData(78, "--handler: there is no handler 'ehco' (did you mean 'echo'?)", "ehco")]
    public async Task What_cannot_be_is_told_with_the_remedy(int exitCode, string sentence, params string[] arguments)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var tried = await Try(folder, "", arguments);

        Assert.Equal(sentence + "\n", tried.Error);
        Assert.Equal(exitCode, tried.ExitCode);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_says_which_step_failed()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        folder.WriteProgram("broken", "#!/no/such/interpreter\n");

        var tried = await Try(folder, "", "--", "./broken");

        Assert.Contains("/broken' could not be started: exec", tried.Error, StringComparison.Ordinal);
        Assert.Equal(71, tried.ExitCode);
    }

    [Fact]
    public async Task At_a_terminal_Ctrl_D_ends_the_input_and_Ctrl_C_is_a_client_that_goes_away()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var typed = await Terminal.Type(folder, [Programs.Daemon, "try", "echo"], ("", "hello\n"), ("hello\r\nhello\r\n", "\x04"));
        Assert.Contains("ended well (exit code 0)", typed.Output, StringComparison.Ordinal);
        Assert.Equal(0, typed.ExitCode);

        var broken = await Terminal.Type(folder, [Programs.Daemon, "try", "--", "cat"], ("", "hello\n"), ("hello\r\nhello\r\n", "\x03"));
        Assert.Contains("the client has gone", broken.Output, StringComparison.Ordinal);
        Assert.Equal(0, broken.ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_twice_kills_a_handler_that_does_not_notice()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var killed = await Terminal.Type(
            folder, [Programs.Daemon, "try", "--", "sh", "-c", "echo ready; exec sleep 1000"], ("ready\r\n", "\x03"), ("the client has gone", "\x03"));

        Assert.Contains("was ended by signal 9 (SIGKILL)", killed.Output, StringComparison.Ordinal);
        Assert.Equal(137, killed.ExitCode);
    }

    private static Task<Command> Try(PrivateFolder folder, string input, params string[] arguments) => Command.Run(
        [], input, Deadline.Seconds * 2,
        [.. Machine.Becoming(folder.Owner), "env", $"--chdir={folder.Path}", Programs.Daemon, "try", .. arguments]);
}
