namespace SuperServer.Handlers.Mailer;

/// <summary>The subject line: at most 78 characters, and no name in it that is not confirmed.</summary>
internal static class Subject
{
    private const int Longest = 78;
    private const int LongestPrefix = 33;
    private const int LongestService = 20;
    private const int MostServices = 3;

    // What a mail reader takes for the beginning of another alphabet, and decodes.
    private const string EncodedWord = "=?";

    /// <param name="prefix">What the administrator wants before it in place of the host's name in brackets.</param>
    public static string Of(Draft draft, string? prefix)
    {
        var before = Before(draft.Host, prefix);
        return Clean.Chosen(before + Words(draft, Longest - before.Length), Longest).Replace(EncodedWord, "=_", StringComparison.Ordinal);
    }

    public static string OfTest(string host, string? prefix) => $"{Before(host, prefix)}test message - nothing happened";

    private static string Before(string host, string? prefix) =>
        prefix is null ? $"[{Clean.Chosen(host, LongestPrefix - 3)}] "
        : prefix.Length == 0 ? ""
        : $"{Clean.Chosen(prefix.Trim(), LongestPrefix)} ";

    private static string Words(Draft draft, int room) => draft switch
    {
        { Kind: MailKind.Quiet } => $"tripwire: quiet {draft.PeriodWord}, {InPeriod(draft)} (self-check ok)",
        { Summary.Outage: { } outage } =>
            $"{Inside(draft)}tripwire: mail works again - {Count.Of(outage.Connections, "connection")} {(outage.Connections == 1 ? "was" : "were")} held back",
        { Kind: MailKind.Surge } =>
            $"{Inside(draft)}tripwire surge: {Count.Of(draft.Totals.Connections, "connection")} in {Duration(draft)}, {Services(draft)}",
        { Only: { } only } => OfOne(draft, only, room),
        { IsInside: true, Summary: { Sources: 1, CountedOnly.Count: 0, Busiest: [{ Address: { } address }, ..] } } =>
            $"INSIDE host {address} touched {Services(draft)} tripwires",
        _ => $"{Inside(draft)}tripwire: {Count.Of(draft.Totals.Connections, "connection")}, "
            + $"{Count.Of(draft.Totals.Sources, "address", "addresses")}, {Services(draft)}, {Duration(draft)}",
    };

    private static string OfOne(Draft draft, AlertEvent only, int room)
    {
        var service = Clean.Text(only.Service, LongestService);
        var who = only.Source?.ToString() ?? (draft.IsLocal ? "a local process" : "unknown address");
        var subject = (draft.IsInside, only.Source) switch
        {
            (false, _) => $"{service} tripwire: {who}",
            (true, null) => $"INSIDE {service} tripwire: {who}",
            (true, _) => $"INSIDE host {who} touched {service} tripwire",
        };
        var name = only.Source is { } source && draft.Names.TryGetValue(source, out var finding) ? finding.Trusted : null;
        return name is not null && IsPlain(name) && subject.Length + name.Length + 3 <= room ? $"{subject} ({name})" : subject;
    }

    private static string Inside(Draft draft) => draft.IsInside ? "INSIDE " : "";

    private static string InPeriod(Draft draft) =>
        (draft.Summary.InPeriod ?? draft.Totals.Connections) is > 0 and var connections ? Count.Of(connections, "connection") : "no connections";

    private static string Duration(Draft draft) => Span.Short(draft.Totals.Ended - draft.Totals.Began);

    private static string Services(Draft draft)
    {
        var services = draft.Summary.Services.Select(line => line.Service).Concat(draft.Summary.CountedOnly.Select(line => line.Service))
            .Select(name => Clean.Text(name, LongestService)).Distinct().ToList();
        return string.Join('+', services.Take(MostServices)) + (services.Count > MostServices ? "+..." : "");
    }

    // The name was checked when it was found; a header is worth a second look.
    private static bool IsPlain(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
