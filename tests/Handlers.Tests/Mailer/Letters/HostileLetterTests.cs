using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using CsCheck;
using MimeKit;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Letters;

/// <summary>Whatever a visitor, a name server or a mail server says, a mail has our headers, our parts and our tags, and nothing else.</summary>
public sealed class HostileLetterTests
{
    private static readonly string[] _bait =
    [
        "\r\nBcc: victim@example.org\r\n\r\n", "\n--=_ss.6f1c9a.a--\n", "\u001b[2J\u001b]0;x\u0007", "\0", "</code></td><script>alert(1)</script>",
        "<a href=\"https://evil.example\">x</a>", "\" style=\"position:fixed", "' onload='x", "&lt;b&gt;&#x3c;", "<!--", "]]>", "\u202egpj.exe\u2066",
        "\u200b\ufeff\u2028\u0085", "\ud83d", "=?utf-8?q?=0ABcc:_x?=", "=0A=0D.\r\n.\r\n", "\r\n.\r\n", new('a', 253), "\u00fc\u5b57\ud83d\ude00",
        "{0} {{}} %s ${x} `x`", "javascript:alert(1)", "https://evil.example/",
    ];

    private static readonly Gen<string> _evil = Gen.OneOf(Gen.Int[0, _bait.Length - 1].Select(i => _bait[i]), Gen.String[0, 40], Gen.Const("telnet"))
        .Array[1, 4].Select(parts => string.Concat(parts));

    private static readonly string[] _tags =
        ["html", "head", "meta", "title", "style", "body", "div", "h1", "p", "table", "tr", "th", "td", "span", "code", "br"];

    private static readonly string[] _attributes = ["lang", "charset", "name", "content", "style"];

    private static readonly string[] _headers =
    [
        "From", "To", "Date", "Subject", "Message-Id", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "References", "In-Reply-To",
        "X-SuperServer", "Importance", "MIME-Version", "Content-Type",
    ];

    [Fact]
    public void No_value_from_outside_can_leave_its_place() => Gen.Select(_evil.Array[12], Gen.Byte.Array[0, 256], Gen.Int[0, 4]).Sample(
        (evil, bytes, kind) =>
        {
            Check(SomeLetter.Write((MailKind)(kind % 4), Many(evil, bytes), Finding(evil, kind)));
            Check(SomeLetter.Write(MailKind.First, One(evil, bytes), Finding(evil, kind)));
        },
        iter: 300);

    private static void Check(Letter letter)
    {
        using var message = SomeLetter.Read(letter);
        Assert.DoesNotContain(letter.Bytes, value => value is not (byte)'\n' and (< (byte)' ' or > (byte)'~'));
        Assert.Equal(message.Headers.Count, message.Headers.Select(header => header.Field).Distinct().Count());
        Assert.All(message.Headers, header => Assert.Contains(header.Field, _headers));
        Assert.Equal(letter.Subject, message.Subject);
        Assert.Equal(letter.MessageId, message.MessageId);
        Assert.Equal(letter.Recipients, message.To.Mailboxes.Select(mailbox => mailbox.Address));
        Assert.True(letter.Subject.Length <= 78);
        Assert.Equal(["text/plain", "text/html", "text/csv"], message.BodyParts.Select(part => part.ContentType.MimeType).Union(["text/csv"]));
        Assert.DoesNotContain(message.TextBody!, c => c != '\n' && (c is < ' ' or '\u007f' || char.IsControl(c)));
        CheckHtml(message.HtmlBody!);
    }

    private static void CheckHtml(string html)
    {
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        var document = XDocument.Load(reader);
        Assert.All(document.Descendants(), element => Assert.Contains(element.Name.ToString(), _tags));
        Assert.All(document.Descendants().Attributes(), attribute => Assert.Contains(attribute.Name.ToString(), _attributes));
        Assert.All(document.Descendants().Attributes("style"), style => Assert.DoesNotContain("fixed", style.Value, StringComparison.Ordinal));
        Assert.All(document.Descendants().Attributes("content"), content => Assert.DoesNotContain("evil", content.Value, StringComparison.Ordinal));
        Assert.Empty(document.DescendantNodes().OfType<XComment>());
    }

    private static Finding Finding(string[] evil, int kind) => new((FindingState)kind, evil[11]);

    private static Summary One(string[] evil, byte[] bytes) => SomeLetter.Of(SomeLetter.Event with
    {
        Service = evil[0],
        Protocol = evil[1],
        Reference = evil[2],
        Action = evil[3],
        Ending = new Ending(TimeSpan.FromSeconds(1), evil[4], bytes.Length, bytes),
    });

    private static Summary Many(string[] evil, byte[] bytes) => SomeLetter.Many with
    {
        Services = [new ServiceLine(evil[0], evil[1], 23, 180, 41), new ServiceLine(evil[2], "udp", null, 6, 1)],
        Busiest = [new SourceLine(SomeLetter.Scanner, 180, SomeLetter.At, SomeLetter.At, bytes)],
        Notices = [evil[3], evil[4]],
        Outage = evil[5].Length % 2 == 0 ? new Outage(SomeLetter.At, SomeLetter.At, evil[6], 1, 2) : null,
        LostMails = [new LostMail(1, 2, 3, 4, evil[7])],
        CountedOnly = [new CoarseLine(evil[8], evil[9], 5, 6, SomeLetter.At, SomeLetter.At)],
        Rows =
        [
            CsvFileTests.Row(1) with { Service = evil[0], Protocol = evil[1], Action = evil[2], Reference = evil[10], Bytes = bytes },
        ],
    };
}
