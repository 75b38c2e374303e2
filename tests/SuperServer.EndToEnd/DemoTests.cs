using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>script/demo, as a stranger runs it; only the build is left out.</summary>
public sealed class DemoTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Once_shows_what_the_clients_saw_and_the_mail_and_leaves_nothing_behind(Who who)
    {
        using var folder = PrivateFolder.For(who);
        foreach (var part in new[] { "script", "config" })
        {
            (await Command.Run("cp", "-r", Path.Combine(Programs.Project, part), folder.Path)).Succeeded();
        }

        (await Command.Run("chmod", "-R", "a+rX", folder.Path)).Succeeded();
        var temporary = folder.Create("tmp");
        var environment = new Dictionary<string, string> { ["SUPERSERVER_BIN"] = Programs.Folder, ["TMPDIR"] = temporary };

        var demo = await Command.Run(
            environment, string.Empty, 90, [.. Machine.Becoming(who), folder.At("script/demo"), "--once"]);

        var shown = demo.Succeeded();
        Assert.Contains("Telnet is not offered on this host.", shown, StringComparison.Ordinal);
        Assert.Contains("Subject: ", shown, StringComparison.Ordinal);
        Assert.Contains("2 connections", shown, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(temporary));
        Assert.DoesNotContain(Directory.GetDirectories("/proc"), process =>
            new FileInfo($"{process}/exe").LinkTarget?.StartsWith(temporary, StringComparison.Ordinal) ?? false);
    }
}
