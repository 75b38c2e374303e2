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

    private static async Task<List<string>> Visit(System.Net.IPEndPoint telnet, int count)
    {
        var answers = new List<string>();
        for (var i = 0; i < count; i++)
        {
            answers.Add(await Client.Hear(telnet));
        }

        return answers;
    }

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
