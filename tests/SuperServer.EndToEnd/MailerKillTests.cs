using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>The mailer is killed at each of its steps: in the middle of a system call, as strace(1) can do it, and a hundred times.</summary>
public sealed class MailerKillTests
{
    private const int Kills = 100;

    // What it does to the disk, between any two of which a machine may lose its power.
    private static readonly string[] _steps =
        ["pwrite64", "fsync", "openat", "pwrite64", "rename", "fsync", "unlink", "openat", "flock", "ftruncate"];

    [Fact]
    public async Task Whatever_step_it_is_killed_at_every_event_is_in_a_mail_and_no_number_is_given_twice()
    {
        var strace = Machine.Program("strace");
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        foreach (var name in (string[])["spool", "spool/1", "store", "maildir"])
        {
            folder.Create(name);
        }

        var killed = 0;
        for (var i = 0; i < Kills; i++)
        {
            Record(folder, i + 1);
            var step = _steps[i % _steps.Length];
            var inject = $"inject={step}:signal=KILL:when={1 + (i / _steps.Length)}";
            var run = await Run(folder, [strace, "--follow-forks", "--quiet=all", "-o", "/dev/null", "-e", $"trace={step}", "-e", inject]);
            killed += run.ExitCode == 0 ? 0 : 1;
        }

        Assert.Equal(0, (await Run(folder, [])).ExitCode);

        var mails = new Maildir(folder.At("maildir")).Mails;
        Assert.Equal(Enumerable.Range(1, Kills), Mail.EventsOf(mails));
        Assert.All(mails, mail => Assert.Equal(mail.Events.Last - mail.Events.First + 1, mail.Events.Held));
        Assert.True(killed > Kills / 4, $"it was killed {killed} times only");
    }

    private static void Record(PrivateFolder folder, int number)
    {
        var journal = folder.At("spool/1/journal.jsonl");
        if (!File.Exists(journal))
        {
            folder.Write("spool/1/journal.jsonl", string.Empty);
        }

        File.AppendAllText(journal, RecordLine.Touch(number));
    }

    private static Task<Command> Run(PrivateFolder folder, string[] through)
    {
        var options = $$"""
            {"to":["admin@example.org"],"settle_ms":0,"gaps_s":[1],"calm_s":1,"linger_ms":0,"resolve":"off","summary":"never",
             "mails_per_hour":1000,"mails_per_day":1000,"host_mails_per_hour":1000,
             "transport":[{"kind":"maildir","path":"{{folder.At("maildir")}}"}]}
            """;
        var environment = new Dictionary<string, string>
        {
            ["SUPERSERVER_SPOOL"] = folder.At("spool"),
            ["SUPERSERVER_STORE"] = folder.At("store"),
            ["SUPERSERVER_HOST"] = "web1",
            ["SUPERSERVER_OPTIONS"] = options,
        };
        var mailer = Path.Combine(Programs.Folder, "superserver-mailer");
        return Command.Run(environment, string.Empty, Deadline.Seconds * 4, [.. Machine.Becoming(folder.Owner), .. through, mailer]);
    }
}
