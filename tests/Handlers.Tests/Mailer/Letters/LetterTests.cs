using System.Net;
using System.Text;
using MimeKit;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Letters;

/// <summary>What whole mails look like stands in the .eml files; here are the rules that they follow.</summary>
public sealed class LetterTests
{
    private static readonly Summary _first = SomeLetter.Of(SomeLetter.Event);

    [Fact]
    public void A_range_with_a_hole_says_so() => Assert.Contains(
        "Events #1204-#1391 (188), INCOMPLETE, 3 missing",
        SomeLetter.TextOf(SomeLetter.Write(MailKind.Digest, SomeLetter.Many with { Held = 185 })),
        StringComparison.Ordinal);

    [Fact]
    public void An_unconfirmed_name_stays_out_of_every_header()
    {
        using var message = SomeLetter.Read(SomeLetter.Write(MailKind.First, _first, new Finding(FindingState.Claimed, "pc.bank.example")));

        Assert.DoesNotContain(message.Headers, header => header.Value.Contains("bank", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_too_long_for_the_subject_stays_out_of_it() => Assert.Equal(
        "[web1] telnet tripwire: 203.0.113.7", SubjectOf(_first, new Finding(FindingState.Confirmed, new string('a', 60) + ".example")));

    [Fact]
    public void Many_services_do_not_make_the_subject_long()
    {
        var services = Enumerable.Range(0, 9).Select(i => new ServiceLine($"{i}{new string('s', 60)}", "tcp", i, 1, 1)).ToList();

        Assert.True(SubjectOf(SomeLetter.Many with { Services = services }).Length <= 78);
    }

    [Fact]
    public void The_administrator_chooses_what_stands_before_a_subject() => Assert.Equal(
        "(prod) telnet tripwire: 203.0.113.7", SubjectOf(_first, options: SomeLetter.Options with { SubjectPrefix = "(prod)" }));

    [Fact]
    public void An_inside_host_that_tries_several_ports_is_named_in_the_subject() => Assert.Equal(
        "[web1] INSIDE host 203.0.113.7 touched telnet+web-trap tripwires",
        SubjectOf(SomeLetter.Many with { Sources = 1, Class = StreamClass.Inside }));

    [Fact]
    public void A_digest_of_the_inside_stream_says_so_in_the_subject() => Assert.StartsWith(
        "[web1] INSIDE tripwire: 186 connections, 41 addresses", SubjectOf(SomeLetter.Many with { Class = StreamClass.Inside }), StringComparison.Ordinal);

    [Fact]
    public void When_mail_works_again_the_subject_says_that_and_how_much_waited() => Assert.Equal(
        "[web1] tripwire: mail works again - 912 connections were held back",
        SubjectOf(SomeLetter.Many with { Outage = new Outage(SomeLetter.At, SomeLetter.At, "x", 3, 912) }));

    [Theory]
    [InlineData(MailKind.First, false, MessageImportance.Normal)]
    [InlineData(MailKind.Digest, false, MessageImportance.Normal)]
    [InlineData(MailKind.Digest, true, MessageImportance.High)]
    [InlineData(MailKind.Surge, false, MessageImportance.High)]
    public void Only_the_inside_and_a_surge_are_important(object kind, bool inside, MessageImportance importance)
    {
        var summary = SomeLetter.Many with { Class = inside ? StreamClass.Inside : StreamClass.Outside };
        using var message = SomeLetter.Read(SomeLetter.Write((MailKind)kind, summary));

        Assert.Equal(importance, message.Importance);
    }

    [Fact]
    public void A_host_name_of_another_script_is_encoded_in_headers_and_whole_in_the_text()
    {
        var letter = SomeLetter.Write(MailKind.First, _first, host: "bücher");
        using var message = SomeLetter.Read(letter);
        var headers = SomeLetter.Source(letter)[..SomeLetter.Source(letter).IndexOf("\n\n", StringComparison.Ordinal)];

        Assert.True(Ascii.IsValid(headers), headers);
        Assert.Equal("[bücher] telnet tripwire: 203.0.113.7", message.Subject);
        Assert.Equal("SuperServer on bücher", message.From[0].Name);
        Assert.Equal("ss.1204-1204.6f1c9a@b-cher.web1.example.org", message.MessageId);
        Assert.Contains("use on bücher.", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("use on bücher.", WebUtility.HtmlDecode(message.HtmlBody), StringComparison.Ordinal);
        Assert.Equal(ContentEncoding.QuotedPrintable, Assert.IsType<TextPart>(message.BodyParts.First()).ContentTransferEncoding);
    }

    [Fact]
    public void A_short_host_name_is_completed_by_the_senders_domain()
    {
        var options = SomeLetter.Options with { Sender = "alerts@example.org" };

        Assert.Equal("ss.1204-1204.6f1c9a@db2.example.org", SomeLetter.Write(MailKind.First, _first, host: "db2", options: options).MessageId);
        Assert.Equal("ss.1204-1204.6f1c9a@a.b", SomeLetter.Write(MailKind.First, _first, host: "a.b", options: options).MessageId);
    }

    [Fact]
    public void The_largest_letter_stays_below_64_KiB_and_says_that_it_was_cut()
    {
        var bytes = Enumerable.Repeat((byte)'"', 256).ToArray();
        var large = SomeLetter.Many with
        {
            Services = [.. Enumerable.Repeat(new ServiceLine(new string('\u00fc', 64), "tcp", 23, long.MaxValue / 100, 1), 20)],
            Busiest = [.. Enumerable.Range(0, 20).Select(i => new SourceLine(IPAddress.Parse($"2001:db8:ffff:ffff:ffff:ffff:ffff:{i:x}"), 1, SomeLetter.At, SomeLetter.At, bytes))],
            Notices = [.. Enumerable.Repeat(new string('"', 5000), 20)],
            LostMails = [.. Enumerable.Repeat(new LostMail(1, 1, 2, 2, new string('&', 500)), 30)],
            CountedOnly = [.. Enumerable.Repeat(new CoarseLine(new string('<', 50), new string('>', 500), 1, 1, SomeLetter.At, SomeLetter.At), 30)],
        };
        var letter = SomeLetter.Write(MailKind.Digest, large, new Finding(FindingState.Claimed, new string('a', 253)));

        Assert.InRange(letter.Bytes.Length, 1, 64 * 1024);
        Assert.All(SomeLetter.Source(letter).Split('\n'), line => Assert.True(line.Length <= 998));
        Assert.Contains(
            "This mail was cut to stay below 64 KiB.",
            SomeLetter.TextOf(letter),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_letter_says_when_the_attachment_does_not_hold_every_event()
    {
        var rows = Enumerable.Range(1204, 20).Select(CsvFileTests.Row).ToList();
        var letter = SomeLetter.Write(MailKind.Digest, SomeLetter.Many with { Rows = rows });
        using var message = SomeLetter.Read(letter);

        Assert.Contains("Attached: events-1204-1391.csv (only 20 of 188 events, the rest did not fit).", message.TextBody, StringComparison.Ordinal);
        Assert.Equal("events-1204-1391.csv", Assert.IsType<MimePart>(Assert.Single(message.Attachments), exactMatch: false).FileName);
    }

    [Fact]
    public void A_mail_of_nothing_but_counted_connections_tells_them()
    {
        var summary = Summary.Nothing(default) with
        {
            First = 1205,
            Last = 1204,
            CountedOnly = [new CoarseLine("telnet", "disk full", 40, 7, SomeLetter.At, SomeLetter.At + TimeSpan.FromMinutes(2))],
        };
        var text = SomeLetter.TextOf(SomeLetter.Write(MailKind.First, summary));

        Assert.StartsWith("40 connections from at least 7 addresses", text, StringComparison.Ordinal);
        Assert.Contains("from 2026-11-22 23:28:47 UTC to 2026-11-22 23:30:47 UTC.", text, StringComparison.Ordinal);
        Assert.Contains("No new event; previous mail ended at #1204.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_can_go_to_somebody_else()
    {
        var letter = SomeLetter.Writer().WriteTest(SomeLetter.Moment, "sendmail", ["other@example.org"]);

        Assert.Equal(["other@example.org"], letter.Recipients);
        Assert.Equal("other@example.org", SomeLetter.Read(letter).To.ToString());
    }

    [Theory]
    [InlineData("SSH-2.0-Go\r\n", "SSH-2.0-Go")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0")]
    [InlineData("\u00ff\u00fd\u0003\u00ff\u00fb\u0018", "")]
    [InlineData("\r\n", "")]
    [InlineData("ab", "")]
    public void First_bytes_stand_in_a_table_only_when_they_are_words(string sent, string shown) =>
        Assert.Equal(shown, Telling.Of(Encoding.Latin1.GetBytes(sent)));

    [Theory]
    [InlineData("reset", "peer-closed", 0.2, "was reset, closed after 0.2 s")]
    [InlineData("tarpit", "timeout", 3600, "was held in the tarpit, was cut off after 1 h 0 min")]
    [InlineData("close", "something else", 1, "got no answer, ended (something else) after 1.0 s")]
    public void A_visit_is_told_in_words(string action, string why, double seconds, string words) => Assert.Equal(
        words, Deed.Of(SomeLetter.Event with { Action = action, Ending = new Ending(TimeSpan.FromSeconds(seconds), why, 0, []) }).ToString());

    private static string SubjectOf(Summary summary, Finding? finding = null, MailerOptions? options = null) =>
        SomeLetter.Write(summary.Only is null ? MailKind.Digest : MailKind.First, summary, finding, options).Subject;
}
