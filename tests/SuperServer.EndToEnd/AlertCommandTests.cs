using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary><c>superserver alert</c>: the mailer's commands, run as the mailer by whoever may.</summary>
public sealed class AlertCommandTests
{
    /// <summary>In place of the mailer: says what it was started with.</summary>
    private const string StandIn = """
        #!/bin/sh
        echo "ids: $(id -u) $(id -g) $(id -G)"
        echo "arguments: $*"
        grep -E '^(Uid|Gid|SigIgn|SigBlk|NoNewPrivs):' /proc/self/status | tr '\t' ' '
        env
        """;

    [Fact]
    public async Task Root_runs_it_as_the_mailer_s_user_for_good()
    {
        using var folder = WithStandIn(Who.Root);

        var output = (await Alert(folder, [], "show", "--json", "17")).Succeeded();

        var (uid, gid) = (Machine.Uid("superserver-mail"), Machine.Gid("superserver-mail"));
        Assert.Contains($"ids: {uid} {gid} {gid}\n", output, StringComparison.Ordinal);
        Assert.Contains($"Uid: {uid} {uid} {uid} {uid}\n", output, StringComparison.Ordinal);
        Assert.Contains($"Gid: {gid} {gid} {gid} {gid}\n", output, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs: 1\n", output, StringComparison.Ordinal);
        Assert.Contains("arguments: show --json 17\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_has_the_mailer_s_environment_and_the_tripwires_and_no_other()
    {
        using var folder = WithStandIn(Who.Root);

        var output = (await Alert(folder, [], "status")).Succeeded();

        Assert.Contains($"\nSUPERSERVER_STORE={folder.At("state/mailer")}\n", output, StringComparison.Ordinal);
        Assert.Contains($"\nSUPERSERVER_SPOOL={folder.At("state/spool")}\n", output, StringComparison.Ordinal);
        Assert.Contains($"\nSUPERSERVER_ALERT_SOCKET={folder.At("run/mailer.sock")}\n", output, StringComparison.Ordinal);
        Assert.Contains("\nSUPERSERVER_HOST=web1\n", output, StringComparison.Ordinal);
        Assert.Contains(
            """SUPERSERVER_TRIPWIRES=[{"name":"telnet","user":"notelnet","mode":"nowait","listen":["tcp:127.0.0.1:0"],"options":{"on_connect":"message"}},""",
            output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("SUPERSERVER_PID", output, StringComparison.Ordinal);
        Assert.DoesNotContain("STRANGER", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_pipe_and_signals_end_it_as_they_end_other_programs()
    {
        using var folder = WithStandIn(Who.Root);

        var output = (await Alert(folder, [], "status")).Succeeded();

        Assert.Contains("SigBlk: 0000000000000000\n", output, StringComparison.Ordinal);
        var ignored = output.Split('\n').Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[^16..];
        Assert.Equal(0UL, Convert.ToUInt64(ignored, 16) >> (Signals.PIPE - 1) & 1);
    }

    [Fact]
    public async Task The_mailer_s_own_user_may_run_it()
    {
        using var folder = WithStandIn(Who.Root);

        var output = (await Alert(folder, As("superserver-mail"), "status")).Succeeded();

        Assert.Contains($"ids: {Machine.Uid("superserver-mail")} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anybody_else_is_told_what_to_do()
    {
        using var folder = WithStandIn(Who.Root);

        var refused = await Alert(folder, As("somebody"), "status");

        Assert.Equal(77, refused.ExitCode);
        Assert.Empty(refused.Output);
        Assert.Equal(
            $"superserver: the mailer of {folder.At("superserver.toml")} is 'superserver-mail', and you are 'somebody': "
            + "run this as root (sudo superserver alert …), or as 'superserver-mail'\n",
            refused.Error);
    }

    [Fact]
    public async Task An_ordinary_user_s_mailer_is_that_user()
    {
        using var folder = WithStandIn(Who.OrdinaryUser);
        folder.Create("state");
        folder.Create("state/mailer");

        var output = (await Alert(folder, Machine.Becoming(Who.OrdinaryUser), "status")).Succeeded();

        Assert.Contains("arguments: status\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    public async Task The_mailer_itself_answers(string question)
    {
        using var folder = WithStandIn(Who.Root);
        folder.Write("superserver.toml", folder.Read("superserver.toml").Replace("handlers_dir", "# handlers_dir", StringComparison.Ordinal));

        var output = (await Alert(folder, [], question)).Succeeded();

        Assert.Contains(question == "--version" ? "superserver-mailer " : "superserver alert", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_that_comes_after_a_command_is_the_mailer_s_to_give()
    {
        using var folder = WithStandIn(Who.Root);

        Assert.Contains("arguments: status --help\n", (await Alert(folder, [], "status", "--help")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_alerts_the_exit_code_is_78()
    {
        using var folder = PrivateFolder.For(Who.Root);
        folder.Write("superserver.toml", "");

        Assert.Equal(78, (await Alert(folder, [], "status")).ExitCode);
    }

    private static PrivateFolder WithStandIn(Who who)
    {
        var folder = PrivateFolder.For(who);
        folder.Create("handlers");
        folder.WriteProgram("handlers/superserver-mailer", StandIn);
        folder.WriteProgram("handlers/superserver-handlers", "#!/bin/sh\n");
        folder.Write("superserver.toml", $"""
            {Alerting.TelnetAndSsh(folder)}
            [daemon]
            run_dir = "run"
            state_dir = "state"
            handlers_dir = "handlers"
            """);
        return folder;
    }

    private static string[] As(string user) => ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", "--"];

    private static Task<Command> Alert(PrivateFolder folder, string[] becoming, params string[] arguments) =>
        Command.Run(new() { ["STRANGER"] = "1" }, string.Empty, Deadline.Seconds * 2,
            [.. becoming, Programs.Daemon, "--config", folder.At("superserver.toml"), "alert", .. arguments]);
}
