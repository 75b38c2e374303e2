using System.Text.Json;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Every event for programs: the event log, the system's log, and fail2ban behind it.</summary>
public sealed class RecordTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Every_event_is_a_line_of_the_event_log_in_a_folder_that_the_daemon_made(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Configuration(folder, EventLog(folder)));
        await Client.Hear(daemon.Address("telnet"));
        await Client.Ask(daemon.Address("ssh"), "SSH-2.0-Scanner\r\n");

        var lines = await Lines(folder, 2);

        Assert.Equal([1, 2], lines.Select(line => line.GetProperty("n").GetInt32()));
        Assert.Equal(["event", "event"], lines.Select(line => line.GetProperty("t").GetString()));
        var ssh = lines.Single(line => line.GetProperty("service").GetString() == "ssh");
        Assert.Equal(@"SSH-2.0-Scanner\r\n", ssh.GetProperty("first_text").GetString());
        Assert.Equal(("127.0.0.1", "inside"), (ssh.GetProperty("src").GetString(), ssh.GetProperty("class").GetString()));
        Assert.Equal(("web1", 16), (ssh.GetProperty("host").GetString(), ssh.GetProperty("machine").GetString()!.Length));
        Assert.Equal("rw-r-----", Permissions(folder.At("logs/tripwire.jsonl")));
        Assert.Equal("rwxr-x---", Permissions(folder.At("logs")));
    }

    [Fact]
    public async Task A_rotated_event_log_has_a_successor()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Configuration(folder, EventLog(folder)));
        await Client.Hear(daemon.Address("telnet"));
        await Lines(folder, 1);
        File.Move(folder.At("logs/tripwire.jsonl"), folder.At("logs/tripwire.jsonl.1"));

        await Client.Hear(daemon.Address("telnet"));

        Assert.Equal(2, Assert.Single(await Lines(folder, 1)).GetProperty("n").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_journal_has_every_event_with_its_fields(Who who)
    {
        using var journal = new JournalSocket();
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Configuration(folder, "forward = 'syslog'"));
        var address = daemon.Address("telnet");
        var notice = await Client.Hear(address);

        var entry = await journal.Next();

        Assert.Equal(("superserver-tripwire", "4"), (entry["SYSLOG_IDENTIFIER"], entry["PRIORITY"]));
        Assert.Equal(
            ("127.0.0.1", $"{address.Port}", "telnet", "1"), (entry["SS_SRC_IP"], entry["SS_PORT"], entry["SS_SERVICE"], entry["SS_SEQ"]));
        Assert.Contains($"reference {entry["SS_REF"]}.", notice, StringComparison.Ordinal);
        Assert.Equal(
            $"tripwire: telnet {address.Port}/tcp from 127.0.0.1 port {entry["SS_SRC_PORT"]} ref {entry["SS_REF"]}", entry["MESSAGE"]);
    }

    [Fact]
    public async Task Fail2ban_finds_who_touched_a_tripwire_and_nobody_else()
    {
        var program = Machine.Program("fail2ban-regex");
        using var journal = new JournalSocket();
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Configuration(folder, "forward = 'syslog'\nignore = '127.0.0.9'"));
        foreach (var visitor in (string[])["127.0.0.7", "127.0.0.8", "127.0.0.9"])
        {
            await Client.Hear(daemon.Address("telnet"), visitor);
        }

        var log = folder.Write("auth.log", await AsInLogFile(journal, 3));
        var found = await Command.Run(program, "-c", Fail2banWithOurs(folder), "-o", "ip", log, "superserver-tripwire");

        Assert.Equal("127.0.0.7\n127.0.0.8\n", found.Succeeded());
    }

    private static string Configuration(PrivateFolder folder, string feeds)
    {
        Alerting.PrepareMaildir(folder);
        var toMaildir = $"""
            kind = "maildir"
            path = "{folder.At("maildir")}"
            """;
        return Alerting.To(toMaildir, $"resolve = 'off'\n{feeds}\n{Alerting.Rhythm("200ms")}")
            + Alerting.Tripwire(folder.Owner, "telnet", "message") + Alerting.Tripwire(folder.Owner, "ssh", "close");
    }

    private static string EventLog(PrivateFolder folder) => $"event_log = '{folder.At("logs/tripwire.jsonl")}'";

    private static async Task<List<JsonElement>> Lines(PrivateFolder folder, int count)
    {
        var file = folder.At("logs/tripwire.jsonl");
        await Eventually.Holds(() => File.Exists(file) && File.ReadAllLines(file).Length == count, $"{count} lines in the event log");
        return [.. (await File.ReadAllLinesAsync(file, Deadline.Soon)).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string Permissions(string path)
    {
        var mode = (int)File.GetUnixFileMode(path);
        return string.Concat(Enumerable.Range(0, 9).Select(bit => (mode >> (8 - bit) & 1) == 0 ? '-' : "rwx"[bit % 3]));
    }

    // As rsyslog writes it.
    private static async Task<string> AsInLogFile(JournalSocket journal, int count)
    {
        var lines = string.Empty;
        for (var i = 0; i < count; i++)
        {
            var entry = await journal.Next();
            lines += $"Nov 22 23:28:47 web1 {entry["SYSLOG_IDENTIFIER"]}[4711]: {entry["MESSAGE"]}\n";
        }

        return lines;
    }

    private static string Fail2banWithOurs(PrivateFolder folder)
    {
        var filters = folder.Create("fail2ban/filter.d");
        foreach (var filter in (string[])
            ["/etc/fail2ban/filter.d/common.conf", Path.Combine(Programs.Project, "config/fail2ban/filter.d/superserver-tripwire.conf")])
        {
            File.Copy(filter, Path.Combine(filters, Path.GetFileName(filter)));
        }

        File.Copy("/etc/fail2ban/fail2ban.conf", folder.At("fail2ban/fail2ban.conf"));
        return folder.At("fail2ban");
    }
}
