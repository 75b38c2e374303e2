using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>A disk without room: what comes then is counted, said, and mailed as soon as there is room again.</summary>
public sealed class FullDiskTests
{
    private const int Before = 3;
    private const int Meanwhile = 25;
    private const int After = 2;

    [Fact]
    public async Task Connections_that_met_a_full_disk_are_counted_and_the_next_mail_says_how_many()
    {
        Machine.MustAllow(Who.Root);
        using var folder = PrivateFolder.For(Who.Root);
        var state = folder.Create("state");
        (await Command.Run("mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "tmpfs", state)).Succeeded();
        try
        {
            Alerting.PrepareMaildir(folder);
            await using var daemon = await RunningDaemon.Start(
                folder, Alerting.ToMaildir(folder) + Alerting.Tripwire(Who.Root, "telnet", "message"));
            var telnet = daemon.Address("telnet");
            var maildir = new Maildir(folder.At("maildir"));
            await Visit(telnet, Before);
            await maildir.AboutEvents(Before);

            Fill(folder.At("state/filling"));
            var answers = await Visit(telnet, Meanwhile);
            File.Delete(folder.At("state/filling"));
            await Visit(telnet, After);

            var mails = await Eventually.Get(
                () => maildir.Mails is var all && Mail.EventsOf(all).Count + CountedOnly(all) >= Before + Meanwhile + After ? all : null,
                "mails about all connections", seconds: 30);
            Assert.Equal(Before + Meanwhile + After, Mail.EventsOf(mails).Count + CountedOnly(mails));
            Assert.True(CountedOnly(mails) > 0, "the disk was full, and every record found room all the same");
            Assert.Contains(answers, answer => answer.Length == 0);     // "was recorded and reported" would have been a lie
        }
        finally
        {
            (await Command.Run("umount", "--lazy", state)).Succeeded();
        }
    }

    /// <summary>The journal's disk refuses a call of each visitor's own process; for the mailer it is as it was.</summary>
    [Theory]
    [InlineData("write", "ENOSPC", Meanwhile)]
    [InlineData("write", "EDQUOT", Meanwhile)]
    [InlineData("write", "EIO", Meanwhile)]
    [InlineData("openat", "EROFS", Meanwhile)]
    [InlineData("openat", "ENFILE", Meanwhile)]
    [InlineData("fdatasync", "EIO", 0)]         // it stands there: the mailer reads it
    public async Task Whatever_the_disk_says_everybody_is_told_of_once(string call, string error, int countedOnly)
    {
        using var folder = PrivateFolder.For(Who.Root);
        Alerting.PrepareMaildir(folder);
        Tripwires.RunThrough(folder, call == "write"
            ? $"""strace --quiet=all -f -y -o "{folder.At("calls")}.$$" -P "$SUPERSERVER_SPOOL/journal.jsonl" -P "$SUPERSERVER_SPOOL/overflow.bin" -e trace=write,fdatasync -e inject=write:error={error}"""
            : $"""strace --quiet=all -f -o /dev/null -P "$SUPERSERVER_SPOOL/journal.jsonl" -e trace={call} -e inject={call}:error={error}""");
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.ToMaildir(folder) + Alerting.Tripwire(Who.Root, "telnet", "message")
                .Replace("notelnet\" ", "root\" ", StringComparison.Ordinal));    // or strace(1) may not see its descriptors

        await Visit(daemon.Address("telnet"), Meanwhile);

        var maildir = new Maildir(folder.At("maildir"));
        var mails = await Eventually.Get(
            () => maildir.Mails is var all && Mail.EventsOf(all).Count + CountedOnly(all) >= Meanwhile ? all : null, "mails about all connections");
        Assert.Equal((Meanwhile - countedOnly, countedOnly), (Mail.EventsOf(mails).Count, CountedOnly(mails)));
        Assert.All(Directory.GetFiles(folder.Path, "calls.*"), calls => Assert.Contains(
            File.ReadLines(calls), line => line.Contains("fdatasync(", StringComparison.Ordinal) && line.Contains("overflow.bin", StringComparison.Ordinal)));
        await daemon.Log.WaitFor(Said.Says, "telnet");
        Assert.Contains("the record: {", daemon.Log.All(Said.Says, "telnet")[0]["Line"], StringComparison.Ordinal);
    }

    // Side by side: who is not told that it was recorded is kept for a moment.
    private static Task<string[]> Visit(System.Net.IPEndPoint telnet, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Client.Hear(telnet)));

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Not a byte is left.
        }
    }

    private static int CountedOnly(IEnumerable<Mail> mails) => mails.Sum(mail => mail.CountedOnly);
}
