using System.Net;
using System.Text.RegularExpressions;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>notelnet, from the connection to the mail.</summary>
public sealed partial class TripwireTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_telnet_connection_becomes_a_mail_that_says_who_where_and_under_which_reference(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        var address = daemon.Address("telnet");

        var notice = await Client.Hear(address);
        var mail = await new Maildir(folder.At("maildir")).First();

        Assert.StartsWith("Telnet is not offered on this host.\r\n", notice, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", notice, StringComparison.Ordinal);
        Assert.Contains(Reference().Match(notice).Groups[1].Value, mail.Body, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", mail.Subject, StringComparison.Ordinal);
        Assert.Contains($"{address.Port}/tcp telnet", mail.Body, StringComparison.Ordinal);
        Assert.Equal((1, 1, 1), mail.Events);
        Assert.Contains("admin@example.org", mail.Header("To"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task With_the_settings_as_they_come_the_first_mail_is_there_within_ten_seconds(Who who)
    {
        using var folder = PrivateFolder.For(who);
        Alerting.PrepareMaildir(folder);
        var toMaildir = $"""
            kind = "maildir"
            path = "{folder.At("maildir")}"
            """;
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.To(toMaildir, settings: string.Empty) + Alerting.Tripwire(who, "telnet", "message"));
        await Client.Hear(daemon.Address("telnet"));

        await new Maildir(folder.At("maildir")).First(seconds: 10);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_port_that_keeps_silent_says_nothing_and_reports_as_well(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));

        Assert.Empty(await Client.Ask(daemon.Address("ssh"), "SSH-2.0-Scanner\r\n"));

        Assert.Contains("ssh", (await new Maildir(folder.At("maildir")).First()).Subject, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Two_hundred_probes_that_reset_at_once_are_all_recorded_with_their_address_and_all_mailed(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        var address = daemon.Address("telnet");
        var scanners = new List<IPEndPoint>();
        for (var i = 0; i < 200; i++)
        {
            scanners.Add(await Client.ConnectAndReset(address));
        }

        var spool = new Spool(folder);
        await Eventually.Holds(() => spool.Touches.Count >= 200, "200th record", seconds: 30);

        Assert.Equal(Sorted(scanners), Sorted(spool.Visitors));
        var mails = await new Maildir(folder.At("maildir")).AboutEvents(200, seconds: 30);
        Assert.Equal(Enumerable.Range(1, 200), Mail.EventsOf(mails));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_comes_later_is_one_digest_and_not_a_mail_for_each(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        var maildir = new Maildir(folder.At("maildir"));
        await Client.Hear(daemon.Address("telnet"));
        await maildir.First();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Client.Hear(daemon.Address("telnet"))));

        var mails = await maildir.AboutEvents(11);
        Assert.InRange(mails.Count, 2, 4);
        Assert.Equal(Enumerable.Range(1, 11), Mail.EventsOf(mails));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_notice_is_seen_by_a_real_telnet_client(Who who)
    {
        var telnet = Machine.Program("telnet");
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));

        // Its input stays open: at the end of it telnet would hang up by itself.
        var seen = await Command.Run("/bin/sh", "-c", $"sleep 3 | {telnet} 127.0.0.1 {daemon.Address("telnet").Port}");

        Assert.Contains("Telnet is not offered on this host.", seen.Output, StringComparison.Ordinal);
        Assert.Contains("Connection closed by foreign host", seen.Output + seen.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_notice_reaches_a_client_that_talks_first(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        using var client = await Client.Connect(daemon.Address("telnet"));
        await client.Send("\u00ff\u00fd\u0003 and more than nobody reads");

        Assert.EndsWith(".\r\n", await client.ReceiveAll(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_client_that_hangs_on_is_cut_off_after_five_seconds(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.TelnetAndSsh(folder));
        using var client = await Client.Connect(daemon.Address("telnet"));
        await client.ReceiveAll();

        await daemon.Log.WaitForCount(1, Said.Ended, "telnet", seconds: 8);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Mail_can_go_through_a_sendmail_program(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var outbox = folder.Create("outbox");
        if (who == Who.Root)
        {
            Machine.GiveTo("superserver-mail", outbox);
        }

        var sendmail = folder.WriteProgram("sendmail", $"""
            #!/bin/sh
            cat >{outbox}/incomplete && mv {outbox}/incomplete {outbox}/message

            """);
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.To($"kind = \"sendmail\"\npath = \"{sendmail}\"") + Alerting.Tripwire(who, "telnet", "message"));
        await Client.Hear(daemon.Address("telnet"));

        await Eventually.Holds(() => File.Exists($"{outbox}/message"), "message that was given to sendmail");

        Assert.Equal((1, 1, 1), new Mail(folder.Read("outbox/message")).Events);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task One_process_for_all_records_and_tells_as_well(Who who)
    {
        using var folder = PrivateFolder.For(who);
        Alerting.PrepareMaildir(folder);
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.ToMaildir(folder) + Alerting.Tripwire(who, "telnet", "message", """mode = "wait" """));
        var address = daemon.Address("telnet");
        var scanner = await Client.ConnectAndReset(address);

        var notice = await Client.Hear(address);
        var spool = new Spool(folder);
        await Eventually.Holds(() => spool.Touches.Count == 2, "second record");

        Assert.StartsWith("Telnet is not offered on this host.\r\n", notice, StringComparison.Ordinal);
        Assert.Contains(scanner, spool.Visitors);
        Assert.All(spool.Touches, touch => Assert.Equal("accept", touch.GetProperty("peer").GetString()));
        Assert.Single(daemon.Log.All(Said.StartedOn, "telnet"));
        var mails = await new Maildir(folder.At("maildir")).AboutEvents(2, seconds: 30);
        Assert.Equal([1, 2], Mail.EventsOf(mails));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Datagrams_are_recorded_and_not_answered_by_one_process_for_all_and_by_one_for_each(Who who)
    {
        using var folder = PrivateFolder.For(who);
        Alerting.PrepareMaildir(folder);
        await using var daemon = await RunningDaemon.Start(
            folder, Alerting.ToMaildir(folder) + DatagramTripwire(who, "all", "wait") + DatagramTripwire(who, "each", "nowait"));
        using var one = new DatagramClient(daemon.Address("all", "udp"));
        using var other = new DatagramClient(daemon.Address("each", "udp"));

        one.Send("version.bind");
        other.Send("public");
        var spool = new Spool(folder);
        await Eventually.Holds(() => spool.Touches.Count == 2, "second record");
        await daemon.Log.WaitFor(Said.EndedWithExit, "each");

        Assert.Equal(Sorted([one.Local, other.Local]), Sorted(spool.Visitors));
        Assert.All(spool.Touches, touch => Assert.True(touch.GetProperty("spoofable").GetBoolean()));
        Assert.False(one.HasAnswer || other.HasAnswer);
        Assert.Equal([1, 2], Mail.EventsOf(await new Maildir(folder.At("maildir")).AboutEvents(2, seconds: 30)));
    }

    private static string DatagramTripwire(Who who, string name, string mode) =>
        Alerting.Tripwire(who, name, "close", $"mode = \"{mode}\"").Replace("tcp:", "udp:", StringComparison.Ordinal);

    private static List<string> Sorted(IEnumerable<IPEndPoint> addresses) =>
        [.. addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal)];

    [GeneratedRegex("reference ([0-9A-Z]{6})")]
    private static partial Regex Reference();
}
