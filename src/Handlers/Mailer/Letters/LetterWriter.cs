using System.Net;
using System.Security.Cryptography;
using MimeKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>Makes a mail of a summary: what it says is in <see cref="Contents"/>, how it is addressed in <see cref="MailHeaders"/>.</summary>
internal sealed class LetterWriter(string host, MailerOptions options, ServicesFile? services = null)
{
    /// <summary>So much for both forms of the text; with its headers a mail stays below 64 KiB.</summary>
    public const int MostText = 60 * 1024;

    private static readonly int[] _cuts = [Remarks.Usual, 10, 5, 2, 0];

    private readonly string _host = Clean.Chosen(host, 100);
    private readonly House _house = new(host, options.Machine);
    private readonly MailHeaders _headers = new(host, options);
    private readonly PortNames _ports = new(services ?? ServicesFile.OfThisHost);

    public Letter Write(MailKind kind, Summary summary, IReadOnlyDictionary<IPAddress, Finding> names, Moment moment)
    {
        var draft = new Draft(kind, _host, summary, names, moment, options.SelfCheck);
        var subject = Subject.Of(draft, options.SubjectPrefix);
        var identity = _headers.Identity(Wording.Range(summary), moment);
        var csv = summary.Rows.Count == 0 ? null : CsvFile.Of(summary.Rows);
        var body = Fitting(most => new Contents(draft, _ports, most, Attached(draft, csv)).Blocks(), subject, moment);
        using var message = _headers.Message(identity, subject, moment, options.Recipients);
        _headers.Describe(message, draft);
        message.Body = csv is null ? body : MailParts.With(body, csv, FileName(summary), moment);
        return Made(kind, summary, message, options.Recipients, Payload.Of(message, _house, draft));
    }

    /// <summary>A mail that tells no event, to see whether mail works.</summary>
    /// <param name="transports">The ways it may take, in words.</param>
    /// <param name="recipients">Others than the usual ones.</param>
    public Letter WriteTest(Moment moment, string transports, IReadOnlyList<string>? recipients = null)
    {
        var to = recipients ?? options.Recipients;
        var subject = Subject.OfTest(host, options.SubjectPrefix);
        var identity = _headers.Identity("test", moment);
        using var message = _headers.Message(identity, subject, moment, to);
        _headers.DescribeTest(message);
        message.Body = Fitting(_ => TestContents.Blocks(_host, to, transports, moment), subject, moment);
        return Made(MailKind.Test, Summary.Nothing(moment.At), message, to, Payload.OfTest(message, _house));
    }

    /// <summary>What makes two mails of the same range different.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(6, lowercase: true);

    // A mail that is too long says less of each thing, until it is not.
    private static Multipart Fitting(Func<int, IEnumerable<Block>> blocks, string subject, Moment moment)
    {
        foreach (var most in _cuts[..^1])
        {
            var body = MailParts.Of([.. blocks(most)], subject, moment);
            if (MailParts.BytesOf(body).Length <= MostText)
            {
                return body;
            }

            body.Dispose();
        }

        return MailParts.Of([.. blocks(_cuts[^1])], subject, moment);
    }

    private static string? Attached(Draft draft, CsvFile? csv)
    {
        if (csv is null)
        {
            return null;
        }

        var (name, all) = (FileName(draft.Summary), draft.Summary.Held);
        return csv.Rows >= all
            ? $"{name} ({Count.Of(csv.Rows, "event")})"
            : $"{name} (only {Wording.Number(csv.Rows)} of {Count.Of(all, "event")}, the rest did not fit)";
    }

    private static string FileName(Summary summary) => $"events-{Wording.Range(summary)}.csv";

    private static Letter Made(MailKind kind, Summary summary, MimeMessage message, IReadOnlyList<string> recipients, byte[] payload) => new()
    {
        MessageId = message.MessageId!,
        Kind = kind,
        Summary = summary,
        Subject = message.Subject!,
        Recipients = recipients,
        Bytes = MailParts.BytesOf(message),
        Payload = payload,
    };
}
