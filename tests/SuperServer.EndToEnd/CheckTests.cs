using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>superserver check, as it is called: the broken files lie with the unit tests of the configuration.</summary>
public sealed class CheckTests
{
    private static readonly string _broken = Path.Combine(Programs.Project, "tests/SuperServer.Tests/Configuration/Broken");

    // These two speak of keys that only the unit tests' machine has.
    private static readonly string[] _ofAnotherMachine = ["tcpmux.toml", "tls.toml"];

    public static TheoryData<string> BrokenFiles =>
        [.. Directory.GetFiles(_broken, "*.toml").Select(file => Path.GetFileName(file)!).Except(_ofAnotherMachine).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_at_least_32_broken_files() => Assert.True(BrokenFiles.Count >= 32);

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public Task A_broken_file_earns_root_exactly_its_messages_and_exit_78(string file) => IsRefused(Who.Root, file);

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public Task A_broken_file_earns_an_ordinary_user_exactly_its_messages_and_exit_78(string file) =>
        IsRefused(Who.OrdinaryUser, file);

    [Fact]
    public async Task A_good_file_is_shown_as_a_table()
    {
        using var folder = PrivateFolder.For(Who.Root);
        folder.Write("superserver.toml", """
            [daemon]
            run_dir = "run"
            state_dir = "state"

            [service.telnet]
            exec = ["/bin/cat", "-u"]
            user = "git"

            [service.second-one]
            listen = ["udp:127.0.0.1:7002", "udp:[::1]:7002"]
            exec = ["/bin/true"]
            user = "member:outsiders"
            """);

        var check = await Check(folder, "superserver.toml");

        Assert.Equal(
            """
            NAME        LISTEN                             MODE    USER              PROGRAM
            telnet      tcp:23                             nowait  git:git           /bin/cat -u
            second-one  udp:127.0.0.1:7002 udp:[::1]:7002  wait    member:outsiders  /bin/true

            """,
            check.Succeeded());
        Assert.Empty(check.Error);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_file_that_is_not_there_is_named_and_the_exit_code_says_so(Who who)
    {
        using var folder = PrivateFolder.For(who);

        var check = await Check(folder, "missing.toml");

        Assert.Equal(66, check.ExitCode);
        Assert.StartsWith("missing.toml: ", check.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_daemon_does_not_start_on_a_broken_file(Who who)
    {
        using var folder = PrivateFolder.For(who);
        folder.Write("superserver.toml", "[service.cat]\nexce = [\"/bin/cat\"]\n");

        var serve = await Command.Run([
            .. Machine.Becoming(who), "env", $"--chdir={folder.Path}",
            Programs.Daemon, "serve", "--config", "superserver.toml",
        ]);

        Assert.Equal(78, serve.ExitCode);
        Assert.Contains("superserver.toml:2:1: ", serve.Error, StringComparison.Ordinal);
    }

    private static async Task IsRefused(Who who, string file)
    {
        using var folder = PrivateFolder.For(who);
        (await Command.Run("cp", "-r", _broken, folder.At("broken"))).Succeeded();
        (await Command.Run("chmod", "-R", "a+rX", folder.At("broken"))).Succeeded();

        var check = await Check(folder, file, "broken");

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(_broken, Path.ChangeExtension(file, "expected"))), check.Error);
        Assert.Empty(check.Output);
        Assert.Equal(78, check.ExitCode);
    }

    private static Task<Command> Check(PrivateFolder folder, string file, string below = "") => Command.Run(
        [.. Machine.Becoming(folder.Owner), "env", "--chdir=" + folder.At(below), Programs.Daemon, "check", file]);
}
