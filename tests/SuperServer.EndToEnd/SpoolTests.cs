using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Who may touch what: the tripwire adds to the spool and cannot read it, and only the mailer sees its store.</summary>
public sealed class SpoolTests
{
    [Fact]
    public async Task The_tripwire_s_user_may_append_to_its_journal_and_neither_read_nor_replace_it()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        var lane = $"{new Spool(folder).Path}/{Machine.Gid("notelnet")}";
        var journal = $"{lane}/journal.jsonl";

        Assert.Equal("620 superserver-mail notelnet", await Describe(journal));
        Assert.Equal("2710 superserver-mail notelnet", await Describe(lane));
        Assert.Equal(0, (await AsNotelnet($"echo >>{journal}")).ExitCode);
        Assert.All(
            [
                $"cat {journal}", $"rm -f {journal}", $"mv {journal} /tmp", $"chmod 666 {journal}",
                $"touch {lane}/new", $"ls {lane}", $"ls {new Spool(folder).Path}",
            ],
            command => Assert.NotEqual(0, AsNotelnet(command).GetAwaiter().GetResult().ExitCode));
    }

    [Fact]
    public async Task Nobody_but_the_mailer_sees_its_store()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));

        Assert.StartsWith("700 superserver-mail", await Describe(folder.At("state/mailer")), StringComparison.Ordinal);
        Assert.NotEqual(0, (await AsNotelnet($"ls {folder.At("state/mailer")}")).ExitCode);
    }

    [Fact]
    public async Task Tripwire_and_mailer_run_as_users_of_their_own()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        using var client = await Client.Connect(daemon.Address("telnet"));
        var tripwire = await daemon.Child("telnet");
        var mailer = await daemon.Child("superserver-mailer");

        Assert.StartsWith($"{Machine.Uid("notelnet")} ", tripwire.Status("Uid"), StringComparison.Ordinal);
        Assert.StartsWith($"{Machine.Uid("superserver-mail")} ", mailer.Status("Uid"), StringComparison.Ordinal);
    }

    private static Task<Command> AsNotelnet(string script) =>
        Command.Run("setpriv", "--reuid=notelnet", "--regid=notelnet", "--clear-groups", "/bin/sh", "-c", script);

    private static async Task<string> Describe(string path) =>
        (await Command.Run("stat", "-c", "%a %U %G", path)).Succeeded().Trim();
}
