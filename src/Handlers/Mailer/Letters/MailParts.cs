using System.Text;
using MimeKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>The parts of a mail as MIME: text and the same as HTML, and a table of events beside them.</summary>
internal static class MailParts
{
    private const int LongestLine = 998;

    private static readonly FormatOptions _lines = MakeLines();

    public static Multipart Of(IReadOnlyList<Block> blocks, string subject, Moment moment) =>
        new MultipartAlternative(Text("plain", PlainText.Of(blocks)), Text("html", HtmlText.Of(blocks, subject)))
        {
            Boundary = Boundary(moment, "a"),
        };

    public static Multipart With(Multipart body, CsvFile csv, string name, Moment moment)
    {
        var file = new MimePart("text", "csv")
        {
            Content = new MimeContent(new MemoryStream(csv.Bytes)),
            ContentTransferEncoding = ContentEncoding.Base64,
            ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = name },
        };
        file.ContentType.Charset = "utf-8";
        return new Multipart("mixed", body, file) { Boundary = Boundary(moment, "b") };
    }

    public static byte[] BytesOf(MimeEntity part)
    {
        using var bytes = new MemoryStream();
        part.WriteTo(_lines, bytes);
        return bytes.ToArray();
    }

    public static byte[] BytesOf(MimeMessage message)
    {
        using var bytes = new MemoryStream();
        message.WriteTo(_lines, bytes);
        return bytes.ToArray();
    }

    /// <summary>The text and the HTML of a mail that was made here.</summary>
    public static (string Text, string Html) BodiesOf(byte[] message)
    {
        using var bytes = new MemoryStream(message);
        using var read = MimeMessage.Load(bytes);
        return (read.TextBody!.ReplaceLineEndings("\n"), read.HtmlBody!.ReplaceLineEndings("\n"));
    }

    // ASCII goes as it is, so that a mail can be read, and searched, without any tool.
    private static TextPart Text(string kind, string text)
    {
        var isPlain = Ascii.IsValid(text) && text.Split('\n').All(line => line.Length <= LongestLine);
        var part = new TextPart(kind) { Text = text };
        part.ContentTransferEncoding = isPlain ? ContentEncoding.SevenBit : ContentEncoding.QuotedPrintable;
        return part;
    }

    // No visitor can know the token when he chooses what to send.
    private static string Boundary(Moment moment, string part) => $"=_ss.{moment.Token}.{part}";

    // Line feeds alone, as files and sendmail have them; SMTP gets its own line ends when it is sent.
    private static FormatOptions MakeLines()
    {
        var lines = FormatOptions.Default.Clone();
        lines.NewLineFormat = NewLineFormat.Unix;
        return lines;
    }
}
