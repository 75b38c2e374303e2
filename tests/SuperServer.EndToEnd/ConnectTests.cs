using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary><c>superserver connect</c>: the client, with real servers.</summary>
public sealed class ConnectTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_is_sent_comes_back_and_the_end_of_the_input_is_half_an_end(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var echo = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--handler", "echo");
        var port = (await echo.Address()).Port;

        var asked = await Connect(folder, "one\ntwo\n", "127.0.0.1", $"{port}");

        Assert.Equal("one\ntwo\n", asked.Succeeded());
        Assert.Equal("", asked.Error);
        Assert.Equal("three", (await Connect(folder, "three", $"127.0.0.1:{port}")).Succeeded());
    }

    [Fact]
    public async Task Three_megabytes_go_there_and_back()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var echo = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--handler", "echo");
        var much = new string('x', 3_000_000);

        Assert.Equal(much, (await Connect(folder, much, "127.0.0.1", $"{(await echo.Address()).Port}")).Succeeded());
    }

    [Fact]
    public async Task A_program_on_this_machine_is_reached_by_the_path_of_its_socket()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "unix:" + folder.At("s"), "unix:@superserver-connect-test", "--", "cat");
        await run.WaitFor("serving");

        Assert.Equal("by path", (await Connect(folder, "by path", "--unix", "s")).Succeeded());
        Assert.Equal("by name", (await Connect(folder, "by name", "--unix", "@superserver-connect-test")).Succeeded());
        Assert.Equal(69, (await Connect(folder, "", "--unix", "none")).ExitCode);
    }

    [Fact]
    public async Task Each_line_is_a_datagram_and_a_second_of_silence_the_end()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var echo = RunningTool.Start(folder, "run", "udp:127.0.0.1:0", "--handler", "echo");
        var port = (await echo.Address()).Port;

        Assert.Equal("one\ntwo\n", (await Connect(folder, "one\ntwo\n", "--udp", "127.0.0.1", $"{port}")).Succeeded());
    }

    [Fact]
    public async Task A_datagram_that_nobody_wants_and_one_that_nobody_answers_are_two_things()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));

        var unheard = await Connect(folder, "hello\n", "--udp", "127.0.0.1", $"{((IPEndPoint)silent.Client.LocalEndPoint!).Port}");
        Assert.Equal((75, "superserver connect: no answer\n"), (unheard.ExitCode, unheard.Error));

        var unwanted = await Connect(folder, "hello\n", "--udp", "127.0.0.1", $"{FreePort()}");
        Assert.Equal((69, "superserver connect: connection refused: nothing listens there\n"), (unwanted.ExitCode, unwanted.Error));
    }

    [Fact]
    public async Task All_addresses_of_a_host_are_tried()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--", "echo", "here");
        var port = (await run.Address()).Port;

        var asked = await Connect(folder, "", "-v", "localhost", $"{port}");
        Assert.Equal("here\n", asked.Succeeded());
        Assert.Contains($"connected to 127.0.0.1:{port} from 127.0.0.1:", asked.Error, StringComparison.Ordinal);

        var nobody = FreePort();
        var refused = await Connect(folder, "", "localhost", $"{nobody}");
        Assert.Equal(69, refused.ExitCode);
        Assert.Contains($"superserver connect: 127.0.0.1:{nobody}: connection refused: nothing listens there\n", refused.Error, StringComparison.Ordinal);

        var only6 = await Connect(folder, "", "-6", "127.0.0.1", $"{port}");
        Assert.Equal(68, only6.ExitCode);
    }

    [Fact]
    public async Task One_comes_from_the_address_that_one_says()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--", "sh", "-c", "echo $TCPREMOTEIP");
        var port = $"{(await run.Address()).Port}";

        Assert.Equal("127.0.0.9\n", (await Connect(folder, "", "--source", "127.0.0.9", "127.0.0.1", port)).Succeeded());
        Assert.Equal(69, (await Connect(folder, "", "--source", "192.0.2.9", "127.0.0.1", port)).ExitCode);
    }

    [Fact]
    public async Task Who_does_not_answer_is_not_waited_for_longer_than_one_says()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var first = await Client.Connect(full.LocalEndPoint!);     // whoever comes now is not answered

        var asked = await Connect(folder, "", "--timeout", "300ms", "127.0.0.1", $"{((IPEndPoint)full.LocalEndPoint!).Port}");

        Assert.Equal(75, asked.ExitCode);
        Assert.Contains("no answer within 0.3 s", asked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_is_told()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(
            folder, "run", "tcp:127.0.0.1:0", "--deny", "127.0.0.1", "--set", "overflow=reset", "--", "cat");

        var asked = await Connect(folder, "", "127.0.0.1", $"{(await run.Address()).Port}");

        Assert.Equal(76, asked.ExitCode);
        Assert.Contains("the other side has reset the connection", asked.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, "where to connect is missing: superserver connect HOST PORT, or superserver connect --help")]
    [InlineData(64, "there is no flag '--tsl': see superserver connect --help", "--tsl", "localhost", "1")]
    [InlineData(64, "there is no tcp port named 'telent' in services(5): write a number from 1 to 65535", "localhost", "telent")]
    [InlineData(64, "--timeout must be a time such as 500ms, 10s or 2m, not '5'", "--timeout", "5", "localhost", "1")]
    [InlineData(64, "--insecure goes with --tls", "--insecure", "localhost", "1")]
    [InlineData(66, "--ca: '/no/such/file' cannot be read", "--tls", "--ca", "/no/such/file", "127.0.0.1", "PORT")]
    public async Task What_cannot_be_is_told_and_the_exit_code_says_so(int exitCode, string sentence, params string[] arguments)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";

        var asked = await Connect(folder, "", [.. arguments.Select(argument => argument == "PORT" ? port : argument)]);

        Assert.Equal($"superserver connect: {sentence}\n", asked.Error);
        Assert.Equal(exitCode, asked.ExitCode);
    }

    [Fact]
    public async Task A_host_that_nobody_knows_is_told_as_one()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);

        var asked = await Connect(folder, "", "no-such-host.invalid", "1");

        // Where no name server answers, nobody can say that there is no such host.
        Assert.True(asked.ExitCode is 68 or 75, asked.Error);
        Assert.Contains("'no-such-host.invalid'", asked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_is_spoken_with_whom_one_trusts_and_with_nobody_else()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var server = await TlsServer.Start(folder, "mail.example.org");

        var trusted = await Connect(folder, "hello\n", "--tls", "-v", "--ca", "cert.pem", "--sni", "mail.example.org", "127.0.0.1", server.Port);
        Assert.Equal("olleh\n", trusted.Succeeded());
        Assert.Contains("superserver connect: TLS 1.3, TLS_", trusted.Error, StringComparison.Ordinal);
        Assert.Contains("superserver connect: certificate for mail.example.org\n", trusted.Error, StringComparison.Ordinal);

        var stranger = await Connect(folder, "", "--tls", "127.0.0.1", server.Port);
        Assert.Equal(76, stranger.ExitCode);
        Assert.Contains("the certificate is not to be trusted: it is not for '127.0.0.1' but for mail.example.org; its issuer is nobody "
            + "whom this machine trusts", stranger.Error, StringComparison.Ordinal);
        Assert.Equal("", stranger.Output);

        var insecure = await Connect(folder, "again\n", "--tls", "--insecure", "127.0.0.1", server.Port);
        Assert.Equal("niaga\n", insecure.Succeeded());
        Assert.Contains("NOBODY KNOWS WHO IS AT THE OTHER END", insecure.Error, StringComparison.Ordinal);

        var other = await Connect(folder, "", "--tls", "--ca", "cert.pem", "--sni", "www.example.org", "127.0.0.1", server.Port);
        Assert.Equal(76, other.ExitCode);
        Assert.Contains("it is not for 'www.example.org'", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS_is_told_as_one()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--", "echo", "220 mail.example.org");

        var asked = await Connect(folder, "", "--tls", "127.0.0.1", $"{(await run.Address()).Port}");

        Assert.Equal(76, asked.ExitCode);
        Assert.Contains("no TLS came about", asked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_is_shown_what_a_stranger_sends_and_not_told_what_to_do()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--", "printf", @"one\r\ntwo\033[2J\a\xff\xc3\xa9\n");
        var port = $"{(await run.Address()).Port}";

        var shown = await Terminal.Type(folder, [Programs.Daemon, "connect", "127.0.0.1", port]);
        Assert.Equal("one\r\ntwo^[[2J^G\\xFFé\r\n", shown.Output);

        var raw = await Terminal.Type(folder, [Programs.Daemon, "connect", "--raw", "127.0.0.1", port]);
        Assert.Contains("two\x1b[2J\a", raw.Output, StringComparison.Ordinal);

        var piped = await Connect(folder, "", "127.0.0.1", port);
        Assert.Contains("one\r\ntwo\x1b[2J\a", piped.Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_are_typed_end_as_protocols_want_them()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(folder, "run", "tcp:127.0.0.1:0", "--", "sh", "-c", "head -n 1 | od -An -c");
        var port = $"{(await run.Address()).Port}";

        var typed = await Terminal.Type(folder, [Programs.Daemon, "connect", "127.0.0.1", port], ("", "hi\n"));
        Assert.Contains(@"h   i  \r  \n", typed.Output, StringComparison.Ordinal);

        Assert.Contains(@"h   i  \n", (await Connect(folder, "hi\n", "127.0.0.1", port)).Succeeded(), StringComparison.Ordinal);
        Assert.Contains(@"h   i  \r  \n", (await Connect(folder, "hi\n", "--crlf", "127.0.0.1", port)).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_telnet_negotiates_is_told_in_words_and_refused()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var run = RunningTool.Start(
            folder, "run", "tcp:127.0.0.1:0", "--", "sh", "-c", @"printf '\377\373\001\377\375\030login: '; head -c 6 | od -An -tu1");

        var port = $"{(await run.Address()).Port}";

        var shown = await Terminal.Type(folder, [Programs.Daemon, "connect", "--telnet", "127.0.0.1", port]);

        Assert.Equal(
            """
            superserver connect: [telnet: server offers ECHO (refused)]
            superserver connect: [telnet: server demands TERMINAL-TYPE (refused)]
            login:  255 254   1 255 252  24

            """,
            shown.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task The_help_says_how() =>
        Assert.Contains("superserver connect --tls mail.example.org 993", (await Command.Run(Programs.Daemon, "connect", "--help")).Succeeded(), StringComparison.Ordinal);

    private static Task<Command> Connect(PrivateFolder folder, string input, params string[] arguments) => Command.Run(
        [], input, Deadline.Seconds * 2,
        [.. Machine.Becoming(folder.Owner), "env", $"--chdir={folder.Path}", Programs.Daemon, "connect", .. arguments]);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
