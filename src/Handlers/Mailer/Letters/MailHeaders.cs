using System.Globalization;
using System.Text;
using MimeKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The headers of a mail. Nothing that a visitor chose stands in them, but a confirmed name in the subject; the same month's mails of
/// a host refer to one root, so that mail readers show them together.
/// </summary>
internal sealed class MailHeaders
{
    private const int LongestDomain = 200;

    private readonly MailerOptions _options;
    private readonly string _shown;
    private readonly string _name;
    private readonly string _domain;

    public MailHeaders(string host, MailerOptions options)
    {
        _options = options;
        _shown = Clean.Chosen(host, 100);
        _name = Domain(host);
        _domain = FullDomain(_name, Domain(options.Sender[(options.Sender.LastIndexOf('@') + 1)..]));
    }

    /// <summary>The Message-ID, without its brackets. It stays the same however often the mail is sent.</summary>
    public string Identity(string range, Moment moment) => $"ss.{range}.{moment.Token}@{_domain}";

    public MimeMessage Message(string identity, string subject, Moment moment, IReadOnlyList<string> recipients)
    {
        var message = new MimeMessage { MessageId = identity, Subject = subject, Date = moment.At };
        message.From.Add(new MailboxAddress($"SuperServer on {_shown}", _options.Sender));
        message.To.AddRange(recipients.Select(MailboxAddress.Parse));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        message.Headers.Add(HeaderId.ListId, $"SuperServer alerts on {_name} <alerts.{_domain}>");
        return message;
    }

    /// <summary>What a program wants to know of an alert without reading its text.</summary>
    public void Describe(MimeMessage message, Draft draft)
    {
        var root = string.Create(CultureInfo.InvariantCulture, $"ss.tripwire.{draft.Moment.At.UtcDateTime:yyyy-MM}.{_name}@{_domain}");
        message.References.Add(root);
        message.InReplyTo = root;
        var summary = draft.Summary;
        var range = summary.IsEmpty ? "" : $"; seq={Wording.Range(summary)}";
        message.Headers.Add(
            "X-SuperServer",
            string.Create(
                CultureInfo.InvariantCulture,
                $"kind={Name(draft.Kind)}; {Origin}; events={summary.Held}; sources={draft.Totals.Sources}{range}; class={Class(draft)}"));
        if (draft.IsInside || draft.Kind == MailKind.Surge)
        {
            message.Importance = MessageImportance.High;
        }
    }

    public void DescribeTest(MimeMessage message) => message.Headers.Add("X-SuperServer", $"kind={Name(MailKind.Test)}; {Origin}; events=0");

    private string Origin => _options.Machine is { Length: > 0 } machine ? $"host={_name}; machine={Domain(machine)}" : $"host={_name}";

    private static string Class(Draft draft) => StreamClasses.Name(draft.IsInside ? StreamClass.Inside : StreamClass.Outside);

    private static string Name(MailKind kind) => kind switch
    {
        MailKind.First => "first",
        MailKind.Surge => "surge",
        MailKind.Quiet => "quiet",
        MailKind.Test => "test",
        _ => "digest",
    };

    // A Message-ID without a dot in its domain looks forged to a mail filter: the sender's domain completes a short host name.
    private static string FullDomain(string name, string senders) =>
        name.Contains('.', StringComparison.Ordinal) || senders == name ? name
        : senders.StartsWith($"{name}.", StringComparison.OrdinalIgnoreCase) ? senders
        : $"{name}.{senders}";

    private static string Domain(string host)
    {
        var domain = new StringBuilder();
        foreach (var c in host.AsSpan(0, Math.Min(host.Length, LongestDomain)))
        {
            domain.Append(char.IsAsciiLetterOrDigit(c) || c is '.' ? c : '-');
        }

        return domain.ToString().Trim('.', '-') is { Length: > 0 } valid ? valid : "localhost";
    }
}
