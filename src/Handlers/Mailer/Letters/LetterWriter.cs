using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace SuperServer.Handlers.Mailer;

/// <summary>Makes a mail of a summary: the headers here, the subject and the text by <see cref="Subject"/> and <see cref="Body"/>.</summary>
internal sealed class LetterWriter(string host, MailerOptions options)
{
    private static readonly FormatOptions _lines = MakeLines();

    private readonly string _domain = Domain(host);

    public Letter Write(MailKind kind, Summary summary, IReadOnlyDictionary<IPAddress, Finding> names, Moment moment)
    {
        var identity = string.Create(
            CultureInfo.InvariantCulture,
            $"ss.{summary.First}-{summary.Last}.{moment.Token}@{_domain}");
        var text = new Body(host, summary, names, moment).Text();
        using var message = new MimeMessage { Body = new TextPart("plain") { Text = text } };
        ((TextPart)message.Body).ContentTransferEncoding = ContentEncoding.SevenBit;
        Address(message, identity, kind, summary);
        message.Date = moment.At;
        message.Subject = Subject.Of(host, summary, names);
        return new Letter
        {
            MessageId = identity,
            Kind = kind,
            Summary = summary,
            Subject = message.Subject,
            Recipients = options.Recipients,
            Bytes = BytesOf(message),
        };
    }

    /// <summary>What makes two mails of the same range different.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(6, lowercase: true);

    private void Address(MimeMessage message, string identity, MailKind kind, Summary summary)
    {
        message.From.Add(new MailboxAddress($"SuperServer on {Clean.Text(host, 100)}", options.Sender));
        message.To.AddRange(options.Recipients.Select(MailboxAddress.Parse));
        message.MessageId = identity;
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        message.Headers.Add(HeaderId.ListId, $"SuperServer alerts on {_domain} <alerts.{_domain}>");
        message.Headers.Add(
            "X-SuperServer",
            string.Create(
                CultureInfo.InvariantCulture,
                $"kind={(kind == MailKind.First ? "first" : "digest")}; host={_domain}; events={summary.Held}; "
                + $"sources={summary.Sources}; seq={summary.First}-{summary.Last}"));
    }

    private static byte[] BytesOf(MimeMessage message)
    {
        using var bytes = new MemoryStream();
        message.WriteTo(_lines, bytes);
        return bytes.ToArray();
    }

    // Line feeds alone, as files and sendmail have them; SMTP gets its own line ends when it is sent.
    private static FormatOptions MakeLines()
    {
        var lines = FormatOptions.Default.Clone();
        lines.NewLineFormat = NewLineFormat.Unix;
        return lines;
    }

    private static string Domain(string host)
    {
        var domain = new StringBuilder();
        foreach (var c in host)
        {
            domain.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-');
        }

        return domain.ToString().Trim('.', '-') is { Length: > 0 } valid ? valid : "localhost";
    }
}
