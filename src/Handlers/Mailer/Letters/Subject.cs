using System.Globalization;
using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>The subject line: at most 78 characters, ASCII, and no name in it that is not confirmed.</summary>
internal static class Subject
{
    private const int Longest = 78;
    private const int MostServices = 3;

    public static string Of(string host, Summary summary, IReadOnlyDictionary<IPAddress, Finding> names)
    {
        var prefix = $"[{Clean.Text(host, 30)}] ";
        var subject = prefix + (summary.Only is { } only ? OfOne(only, names, Longest - prefix.Length) : OfMany(summary));
        return Clean.Text(subject, Longest);
    }

    private static string OfOne(AlertEvent only, IReadOnlyDictionary<IPAddress, Finding> names, int room)
    {
        var service = Clean.Text(only.Service, 20);
        var who = only.Source?.ToString() ?? "unknown address";
        var subject = only.IsNear ? $"INSIDE host {who} touched {service} tripwire" : $"{service} tripwire: {who}";
        var name = only.Source is { } source && names.TryGetValue(source, out var finding) ? finding.Trusted : null;
        return name is not null && subject.Length + name.Length + 3 <= room ? $"{subject} ({name})" : subject;
    }

    private static string OfMany(Summary summary)
    {
        var services = summary.Services.Select(line => Clean.Text(line.Service, 20)).Distinct().ToList();
        var shown = string.Join('+', services.Take(MostServices)) + (services.Count > MostServices ? "+..." : "");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"tripwire: {Count.Of(summary.Connections, "connection")}, {Count.Of(summary.Sources, "address", "addresses")}, {shown}, "
            + $"{Span.Short(summary.Ended - summary.Began)}");
    }
}
