using System.Net;
using System.Text;
using MimeKit;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class LetterTests
{
    private static readonly DateTimeOffset _at = ManualClock.Start.AddMilliseconds(103);
    private static readonly IPAddress _scanner = IPAddress.Parse("203.0.113.7");

    private static readonly AlertEvent _one = new()
    {
        Reference = "7KQ2M4",
        Service = "telnet",
        Protocol = "tcp",
        Source = _scanner,
        IsNear = false,
        Target = IPAddress.Parse("198.51.100.20"),
        Port = 23,
        At = _at,
        Action = "message",
        Ending = new Ending(TimeSpan.FromMilliseconds(412), "peer-closed", 12, [0xff, 0xfd, 0x03, 0xff, 0xfb, 0x18]),
    };

    private static readonly Summary _first = new()
    {
        First = 1204,
        Last = 1204,
        Held = 1,
        Ignored = 0,
        Sources = 1,
        Began = _at,
        Ended = _at,
        Services = [new ServiceLine("telnet", "tcp", 23, 1, 1)],
        Busiest = [new SourceLine(_scanner, 1, _at, _at, [])],
        Only = _one,
    };

    private static readonly Summary _many = _first with
    {
        Last = 1391,
        Held = 188,
        Ignored = 2,
        Sources = 41,
        Ended = _at + TimeSpan.FromMinutes(35),
        Services = [new ServiceLine("telnet", "tcp", 23, 180, 40), new ServiceLine("ssh", "tcp", 22, 6, 3)],
        Busiest =
        [
            new SourceLine(_scanner, 120, _at, _at + TimeSpan.FromMinutes(35), [.. "SSH-2.0-Go\r\n"u8]),
            new SourceLine(IPAddress.Parse("2001:db8::1"), 25, _at, _at + TimeSpan.FromMinutes(2), []),
            new SourceLine(null, 3, _at, _at, []),
        ],
        Only = null,
        Damaged = 1,
        Unfamiliar = 2,
        Notices = ["a notice\nof two lines"],
    };

    [Fact]
    public void The_first_alert_says_who_where_when_and_what() => Assert.Equal(
        """
        From: SuperServer on web1 <superserver@web1.example.org>
        Date: Sun, 22 Nov 2026 23:28:52 +0000
        Subject: [web1] telnet tripwire: 203.0.113.7 (scan7.example.net)
        Message-Id: <ss.1204-1204.6f1c9a@web1>
        To: admin@example.org, second@example.org
        Auto-Submitted: auto-generated
        X-Auto-Response-Suppress: All
        List-Id: SuperServer alerts on web1 <alerts.web1>
        X-SuperServer: kind=first; host=web1; events=1; sources=1; seq=1204-1204
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        Someone connected to a port that nobody should use on web1.

          Who    203.0.113.7   scan7.example.net (confirmed)
          Port   23/tcp telnet on 198.51.100.20
          When   2026-11-22 23:28:47 UTC   (00:28:47 +01:00 on this host)
          Did    got the notice, closed after 0.4 s; sent 12 bytes: \xff\xfd\x03\xff\xfb\x18
          Ref    7KQ2M4

        1 connection.
        You will hear again only if more arrives, not before 23:33 UTC.
        -- 
        Event #1204, complete; previous mail ended at #1203. superserver VERSION on web1

        """,
        Written(MailKind.First, _first, new Finding(FindingState.Confirmed, "scan7.example.net")));

    [Fact]
    public void A_digest_counts_by_port_and_by_address_and_states_its_range() => Assert.Equal(
        """
        From: SuperServer on web1 <superserver@web1.example.org>
        Date: Sun, 22 Nov 2026 23:28:52 +0000
        Subject: [web1] tripwire: 186 connections, 41 addresses, telnet+ssh, 35 min
        Message-Id: <ss.1204-1391.6f1c9a@web1>
        To: admin@example.org, second@example.org
        Auto-Submitted: auto-generated
        X-Auto-Response-Suppress: All
        List-Id: SuperServer alerts on web1 <alerts.web1>
        X-SuperServer: kind=digest; host=web1; events=188; sources=41; seq=1204-1391
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        186 connections from 41 addresses to ports that nobody should use on web1,
        from 2026-11-22 23:28:47 UTC to 2026-11-23 00:03:47 UTC.

          Port           Connections  Addresses
          23/tcp telnet  180          40
          22/tcp ssh     6            3

          Connections  First (UTC)     Last (UTC)      Address
          120          11-22 23:28:47  11-23 00:03:47  203.0.113.7   claims "pc.bank.example" - NOT confirmed   sent SSH-2.0-Go\r\n
          25           11-22 23:28:47  11-22 23:30:47  2001:db8::1
          3            11-22 23:28:47  11-22 23:28:47  unknown address
        38 more addresses: 38 connections
        2 connections of ignored addresses not shown.
        1 damaged record in the spool could not be read.
        2 records of a kind this version does not know.
        a notice\u{a}of two lines
        You will hear again only if more arrives, not before 23:33 UTC.
        -- 
        Events #1204-#1391 (188), complete; previous mail ended at #1203. superserver VERSION on web1

        """,
        Written(MailKind.Digest, _many, new Finding(FindingState.Claimed, "pc.bank.example")));

    [Fact]
    public void A_range_with_a_hole_says_so() =>
        Assert.Contains("Events #1204-#1391 (188), INCOMPLETE, 3 missing", Written(MailKind.Digest, _many with { Held = 185 }), StringComparison.Ordinal);

    [Fact]
    public void A_host_of_the_own_network_is_called_one_in_the_subject() =>
        Assert.Equal("[web1] INSIDE host 203.0.113.7 touched telnet tripwire", SubjectOf(_first with { Only = _one with { IsNear = true } }));

    [Fact]
    public void An_unconfirmed_name_stays_out_of_the_subject() =>
        Assert.Equal("[web1] telnet tripwire: 203.0.113.7", SubjectOf(_first, new Finding(FindingState.Claimed, "pc.bank.example")));

    [Fact]
    public void A_name_too_long_for_the_subject_stays_out_of_it() => Assert.Equal(
        "[web1] telnet tripwire: 203.0.113.7",
        SubjectOf(_first, new Finding(FindingState.Confirmed, new string('a', 60) + ".example")));

    [Fact]
    public void Many_services_do_not_make_the_subject_long()
    {
        var services = Enumerable.Range(0, 9).Select(i => new ServiceLine($"{i}{new string('s', 60)}", "tcp", i, 1, 1)).ToList();

        Assert.True(SubjectOf(_many with { Services = services }).Length <= 78);
    }

    [Fact]
    public void An_event_without_its_end_says_that_it_is_not_recorded() => Assert.Contains(
        "Did    got no answer, how it ended is not recorded\n",
        Written(MailKind.First, _first with { Only = _one with { Action = "close", Ending = null } }),
        StringComparison.Ordinal);

    [Fact]
    public void No_value_from_outside_can_leave_its_place()
    {
        const string Evil = "x\r\nBcc: victim@example.org\u001b[2J\u202e\0";
        var hostile = _many with
        {
            Services = [new ServiceLine(Evil, Evil, 23, 186, 41)],
            Busiest = [new SourceLine(_scanner, 186, _at, _at, Encoding.Latin1.GetBytes("x\r\nBcc: \u001b\u0080\u00ff\0"))],
            Notices = [Evil],
        };
        var one = _first with
        {
            Only = _one with { Service = Evil, Protocol = Evil, Reference = Evil, Ending = _one.Ending! with { Why = Evil } },
        };
        foreach (var letter in (string[])[Written(MailKind.Digest, hostile), Written(MailKind.First, one)])
        {
            Assert.DoesNotContain(letter, c => c is not '\n' and (< ' ' or > '~'));
            Assert.DoesNotContain("\nBcc:", letter, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void The_largest_letter_stays_small_and_its_lines_legal()
    {
        var bytes = Enumerable.Repeat((byte)0xff, 256).ToArray();
        var large = _many with
        {
            Services = [.. Enumerable.Repeat(new ServiceLine(new string('\u00fc', 64), "tcp", 23, long.MaxValue / 100, 1), 20)],
            Busiest = [.. Enumerable.Repeat(new SourceLine(IPAddress.Parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"), 1, _at, _at, bytes), 20)],
            Notices = [.. Enumerable.Repeat(new string('n', 5000), 10)],
        };
        var letter = Written(MailKind.Digest, large, new Finding(FindingState.Claimed, new string('a', 253)));

        Assert.True(letter.Length < 64 * 1024);
        Assert.All(letter.Split('\n'), line => Assert.True(line.Length <= 998));
    }

    [Fact]
    public void Its_bytes_are_a_message_with_the_same_identity()
    {
        var letter = Write(MailKind.First, _first, Finding.NotAsked);
        using var message = MimeMessage.Load(new MemoryStream(letter.Bytes), TestContext.Current.CancellationToken);

        Assert.Equal(letter.MessageId, message.MessageId);
        Assert.Equal(["admin@example.org", "second@example.org"], message.To.Mailboxes.Select(mailbox => mailbox.Address));
    }

    private static string SubjectOf(Summary summary, Finding? finding = null) =>
        Subject.Of("web1", summary, new Dictionary<IPAddress, Finding> { [_scanner] = finding ?? Finding.NotAsked });

    private static string Written(MailKind kind, Summary summary, Finding? finding = null) =>
        Encoding.UTF8.GetString(Write(kind, summary, finding ?? Finding.NotAsked).Bytes)
            .Replace($"superserver {Release.Version} ", "superserver VERSION ", StringComparison.Ordinal);

    private static Letter Write(MailKind kind, Summary summary, Finding finding)
    {
        var options = new MailerOptions
        {
            Recipients = ["admin@example.org", "second@example.org"],
            Sender = "superserver@web1.example.org",
            Pace = new Pace(TimeSpan.Zero, [TimeSpan.FromMinutes(5)], TimeSpan.FromHours(24)),
            InsidePace = new Pace(TimeSpan.Zero, [TimeSpan.FromMinutes(1)], TimeSpan.FromHours(24)),
            Transports = [],
        };
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), null, null);
        var now = ManualClock.Start + TimeSpan.FromSeconds(5);
        return new LetterWriter("web1", options).Write(
            kind,
            summary,
            new Dictionary<IPAddress, Finding> { [_scanner] = finding },
            new Moment(now, now + TimeSpan.FromMinutes(5), zone, "6f1c9a"));
    }
}
