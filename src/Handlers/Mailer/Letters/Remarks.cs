using System.Net;
using System.Net.Sockets;

namespace SuperServer.Handlers.Mailer;

/// <summary>What a mail says besides the events: what is missing from it and why, and when the next one comes.</summary>
internal sealed class Remarks(Draft draft, int most, string? attachment)
{
    /// <summary>As many lines of a kind as a mail has that was not cut.</summary>
    public const int Usual = 20;

    private const int LongestWords = 200;
    private const int LongestNotice = 400;

    private readonly Summary _summary = draft.Summary;

    /// <summary>Mails that nobody got.</summary>
    public IReadOnlyList<Phrase> Lost() => Some(
        _summary.LostMails,
        "mail",
        lost => $"Mail {lost.Id} was given up: #{lost.First}-#{lost.Last} ({Count.Of(lost.Connections, "connection")}): "
            + $"{Clean.Text(lost.Words, LongestWords)}. superserver alert show {lost.Id} prints it.");

    /// <summary>What was counted and is not described.</summary>
    public IReadOnlyList<Phrase> Counted() =>
    [
        .. Some(Elsewhere, "host", line => $"Recorded on {Name(line)}: {Count.Of(line.Connections, "connection")}."),
        .. Some(
            _summary.CountedOnly,
            "line",
            line => $"Only counted: {Clean.Text(line.Service, 40)}, {Count.Of(line.Connections, "connection")}"
                + $"{(line.Sources > 0 ? $" from {Count.Of(line.Sources, "address", "addresses")}" : "")}, {Wording.Utc(line.From)} to {Wording.Utc(line.To)} ({Clean.Text(line.Why, 40)})."),
        .. If(_summary.Ignored > 0, $"{Count.Of(_summary.Ignored, "connection")} of ignored addresses not shown."),
        .. If(_summary.Damaged > 0, $"{Count.Of(_summary.Damaged, "damaged record")} in the spool could not be read."),
        .. If(_summary.Unfamiliar > 0, $"{Count.Of(_summary.Unfamiliar, "record")} of a kind this version does not know."),
        .. If(_summary.Services.Any(line => line.Protocol == "udp"), "The sender of a datagram (udp) can be forged."),
        .. Some(_summary.Notices, "notice", notice => Clean.Text(notice, LongestNotice)),
    ];

    /// <summary>The last lines: what to do, and when to expect more.</summary>
    public IReadOnlyList<Phrase> Closing() =>
    [
        .. draft.Only is { } only ? [OneConnection(only)] : If(most < Usual, "This mail was cut to stay below 64 KiB."),
        .. If(attachment is not null, $"Attached: {attachment}."),
        .. ShowsAll ? Array.Empty<Phrase>() : ["All addresses: " + Phrase.Value($"superserver alert report --range {Wording.Range(_summary)}")],
        draft.Kind == MailKind.Quiet
            ? $"You will hear again when somebody comes, and otherwise in a {draft.PeriodWord}."
            : $"You will hear again only if more arrives, not before {Next()} UTC unless it is urgent.",
    ];

    // Of this host alone every mail speaks anyway.
    private IReadOnlyList<HostLine> Elsewhere => _summary.Hosts.All(line => Name(line) == draft.Host) ? [] : _summary.Hosts;

    private static string Name(HostLine line) => Clean.Chosen(line.Host, 100);

    private bool ShowsAll =>
        draft.Only is not null || _summary.IsEmpty || _summary.Busiest.Take(most).Sum(line => line.Connections) >= _summary.Connections;

    private static Phrase OneConnection(AlertEvent only) => only.Source is { } source
        ? "1 connection. If you know this address: " + Phrase.Value($"ignore = [\"{WithoutScope(source)}\"]") + " below [alerts] in superserver.toml."
        : "1 connection.";

    private string Next()
    {
        var (now, next) = (draft.Moment.At.UtcDateTime, draft.Moment.Next.UtcDateTime);
        return next.Date == now.Date ? $"{next:HH:mm}" : $"{next:yyyy-MM-dd HH:mm}";
    }

    private List<Phrase> Some<T>(IReadOnlyCollection<T> all, string noun, Func<T, string> words)
    {
        List<Phrase> some = [.. all.Take(most).Select(one => (Phrase)words(one))];
        if (all.Count > some.Count)
        {
            some.Add($"And {Count.Of(all.Count - some.Count, $"more {noun}")}.");
        }

        return some;
    }

    private static Phrase[] If(bool condition, string words) => condition ? [words] : [];

    // The interface of a link-local address has a number that another start of the host may give to another one.
    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
}
