using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Where a child's standard error goes, and what a child cannot do to the log with it.</summary>
public sealed class StandardErrorTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task It_goes_to_the_client_as_inetd_has_it(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Complainer("echo oh dear >&2"));

        Assert.Equal("oh dear\n", await Client.Hear(daemon.Address("complainer")));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task It_goes_to_the_log_line_by_line_with_service_and_connection(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Complainer("echo one >&2; echo out; printf 'two\\nhalf' >&2") + "stderr = \"log\"");

        Assert.Equal("out\n", await Client.Hear(daemon.Address("complainer")));

        await daemon.Log.WaitForCount(3, Said.Says, "complainer");
        var lines = daemon.Log.All(Said.Says);
        Assert.Equal(["one", "two", "half"], lines.Select(line => line["Line"]));
        Assert.All(lines, line => Assert.Equal(daemon.Log.All(Said.StartedFor)[0]["Connection"], line["Connection"]));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task It_goes_nowhere(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Complainer("echo oh dear >&2; readlink /proc/self/fd/2") + "stderr = \"null\"");

        Assert.Equal("/dev/null\n", await Client.Hear(daemon.Address("complainer")));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_could_forge_a_line_or_move_a_cursor_is_shown_escaped(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Complainer(@"printf 'a\\033[2Jb\\rc\\000d\\342\\200\\256e\\n' >&2") + "stderr = \"log\"");
        await Client.Hear(daemon.Address("complainer"));

        var line = (await daemon.Log.WaitFor(Said.Says, "complainer"))["Line"];

        Assert.DoesNotContain(line, letter => char.IsControl(letter) || letter == '\u202e');
        Assert.Equal(@"a\u001B[2Jb\u000Dc\u0000d\u202Ee", line);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_flood_is_cut_and_counted(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Complainer("i=0; while [ $i -lt 5000 ]; do echo line $i >&2; i=$((i+1)); done; echo out") + "stderr = \"log\"");

        Assert.Equal("out\n", await Client.Hear(daemon.Address("complainer")));

        var summary = await daemon.Log.WaitFor("{Service}: {Swallowed} more {What}", "complainer");
        Assert.Equal(5000, daemon.Log.All(Said.Says).Count + int.Parse(summary["Swallowed"], null));
        Assert.InRange(daemon.Log.All(Said.Says).Count, 1, 500);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_pipe_that_outlives_its_child_is_read_to_its_end_and_closed(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Complainer("(sleep 1; echo late >&2) <&- >&- & exit 0") + "stderr = \"log\"");
        var before = daemon.Kernel.Descriptors.Count;
        await Client.Hear(daemon.Address("complainer"));

        Assert.Equal("late", (await daemon.Log.WaitFor(Said.Says, "complainer"))["Line"]);

        await Eventually.Holds(() => daemon.Kernel.Descriptors.Count == before, "closing of the pipe");
    }

    private static string Complainer(string script) => $"""
        [service.complainer]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/sh", "-c", "{script}"]

        """;
}
