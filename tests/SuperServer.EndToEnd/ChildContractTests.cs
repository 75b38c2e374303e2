using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>What a child finds when it wakes up: inspected from outside, while it sleeps.</summary>
public sealed class ChildContractTests
{
    private const string None = "0000000000000000";

    private const string Sleeper = """
        [service.sleeper]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/sleep", "60"]
        """;

    [Theory]
    [Trait("Conformance", "behaviour 1")]
    [Trait("Conformance", "defect 16")]
    [Trait("Conformance", "defect 17")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_has_the_socket_on_0_1_and_2_and_no_other_descriptor(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Sleeper);
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        var descriptors = child.Descriptors;

        Assert.Equal([0, 1, 2], descriptors.Keys);
        Assert.StartsWith("socket:", descriptors[0], StringComparison.Ordinal);
        Assert.Single(descriptors.Values.Distinct());
    }

    [Theory]
    [Trait("Conformance", "behaviour 1")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_s_socket_is_blocking(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Sleeper);
        using var client = await Client.Connect(daemon.Address("sleeper"));

        Assert.True((await daemon.Child("sleeper")).IsBlocking(0));
    }

    [Theory]
    [Trait("Conformance", "behaviour 8")]
    [Trait("Conformance", "defect 17")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_leads_a_session_of_its_own_without_a_terminal(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Sleeper);
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.Equal(child.Pid, child.Session);
        Assert.Equal(0, child.Terminal);
    }

    [Theory]
    [Trait("Conformance", "behaviour 8")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_has_every_signal_at_its_default_and_none_blocked_however_the_daemon_was_started(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Sleeper, "env", "--ignore-signal=USR1,PIPE,INT,QUIT,TTOU", "--block-signal=USR2,WINCH,CHLD");
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.Equal((None, None, None), (child.Status("SigIgn"), child.Status("SigBlk"), child.Status("SigCgt")));
    }

    [Theory]
    [Trait("Conformance", "behaviour 8")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_starts_in_the_root_folder_with_umask_022(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Sleeper, "/bin/sh", "-c", "umask 077; cd /usr; exec \"$@\"", "sh");
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.Equal(("/", "0022"), (child.WorkingDirectory, child.Status("Umask")));
    }

    [Theory]
    [Trait("Conformance", "behaviour 8")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Folder_and_umask_are_what_the_file_says(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Sleeper + """

            cwd = "/usr/share"
            umask = "0137"
            """);
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.Equal(("/usr/share", "0137"), (child.WorkingDirectory, child.Status("Umask")));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_has_the_limits_that_the_daemon_was_started_with(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Sleeper, "prlimit", "--nofile=1234:5678", "--core=0:4096", "--stack=4194304:8388608");
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.Equal("1234 5678", child.Limit("Max open files"));
        Assert.Equal("0 4096", child.Limit("Max core file size"));
        Assert.Equal("4194304 8388608", child.Limit("Max stack size"));
    }

    [Theory]
    [Trait("Conformance", "behaviour 2")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_s_argument_vector_is_the_one_in_the_file(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.sleeper]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "read line", "two  words", "", "$HOME", "ünï\tcode"]
            """);
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.Equal(["sh", "-c", "read line", "two  words", "", "$HOME", "ünï\tcode"], child.CommandLine);
    }

    [Theory]
    [Trait("Conformance", "behaviour 2")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_program_can_be_given_another_name(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.sleeper]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "read line"]
            argv0 = "-login"
            """);
        using var client = await Client.Connect(daemon.Address("sleeper"));

        Assert.Equal("-login", (await daemon.Child("sleeper")).CommandLine[0]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Programs_may_gain_privileges_and_handlers_may_not(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Sleeper + """

            [service.echo]
            listen = "tcp:127.0.0.1:0"
            handler = "echo"
            """);
        using var client = await Client.Connect(daemon.Address("sleeper"));
        using var other = await Client.Connect(daemon.Address("echo"));

        Assert.Equal("0", (await daemon.Child("sleeper")).Status("NoNewPrivs"));
        Assert.Equal("1", (await daemon.Child("echo")).Status("NoNewPrivs"));
    }
}
