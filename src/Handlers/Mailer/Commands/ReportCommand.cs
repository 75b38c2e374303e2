using System.Globalization;
using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert report</c>: who came, where and how often, whichever mails told it, and whether the numbers are complete.</summary>
internal sealed class ReportCommand(Store store, MailerOptions options, Reply reply, TimeProvider clock)
{
    private const int Usual = 20;
    private const int Most = 10_000;
    private static readonly TimeSpan _usualTime = TimeSpan.FromDays(7);

    public int Run(CommandWords words)
    {
        var top = words.Number("--top", 1, Most);
        var summary = Range(words) is var (first, last)
            ? store.Between(first, last, top ?? Most)
            : store.Since(clock.GetUtcNow() - (words.Time("--since") ?? _usualTime), top ?? Usual);
        var answer = AnswerOf(summary);
        new ReportText(reply, answer).Tell();
        reply.Give(answer, AnswersJson.Default.ReportAnswer);
        return ExitCode.Done;
    }

    private static (long First, long Last)? Range(CommandWords words)
    {
        if (words.Text("--range") is not { } text)
        {
            return null;
        }

        if (words.Has("--since"))
        {
            throw words.Wrong("'--range' and '--since' are two ways to say which events: one of them must go");
        }

        string[] ends = [.. text.Split('-').Select(end => end.TrimStart('#'))];
        return IsNumber(ends[0], out var first) && IsNumber(ends[^1], out var last) && ends.Length <= 2 && first <= last
            ? (first, last)
            : throw words.Wrong($"'--range {Clean.Text(text, 40)}': the numbers of two events are wanted, such as 1204-1391");
    }

    private static bool IsNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;

    private ReportAnswer AnswerOf(Summary summary)
    {
        var names = new NamesBeside(store, options.Resolve, clock).Find(summary.Busiest.Select(line => line.Address).OfType<IPAddress>());
        var totals = Totals.Of(summary);
        var isNothing = totals.Connections == 0;
        return new ReportAnswer
        {
            First = summary.IsEmpty ? null : summary.First,
            Last = summary.IsEmpty ? null : summary.Last,
            Held = summary.Held,
            Complete = summary.IsComplete,
            Connections = summary.Connections,
            Ignored = summary.Ignored,
            CountedOnly = summary.CountedOnly.Sum(line => line.Connections),
            Addresses = summary.Sources,
            FromInside = summary.Inside,
            Began = isNothing ? null : totals.Began,
            Ended = isNothing ? null : totals.Ended,
            Ports = [.. summary.Services.Select(line => new PortLine(line.Service, line.Protocol, line.Port, line.Connections, line.Sources))],
            Sources = [.. summary.Busiest.Select(line => Line(line, names))],
            Mails = summary.IsEmpty ? [] : [.. store.MailsAbout(summary.First, summary.Last).Select(MailLine.Of)],
            NotMailedYet = store.NotMailedYet(summary.First, summary.Last),
        };
    }

    private static AddressLine Line(SourceLine line, Dictionary<IPAddress, Finding> names)
    {
        var finding = line.Address is { } address ? names[address] : Finding.NotAsked;
        return new AddressLine(
            line.Address?.ToString(), finding.Name, StateOf(finding.State), line.Connections, line.First, line.Last,
            Telling.Of(line.Bytes) is { Length: > 0 } sent ? sent : null);
    }

    private static string? StateOf(FindingState state) => state switch
    {
        FindingState.Confirmed => "confirmed",
        FindingState.Claimed => "claimed",
        FindingState.Malformed => "malformed",
        FindingState.None => "none",
        FindingState.TimedOut => "timed-out",
        _ => null,
    };
}
