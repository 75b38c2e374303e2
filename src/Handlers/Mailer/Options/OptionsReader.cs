using System.Net;
using System.Text.Json;
using MimeKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// <c>SUPERSERVER_OPTIONS</c> into <see cref="MailerOptions"/>. The daemon checks the same before; this guards against being run
/// by hand, and against a daemon of another version.
/// </summary>
internal static class OptionsReader
{
    private static readonly Pace _usual = MakePace(5, 5, 15, 30, 60, 120, 240, 480, 1440);
    private static readonly Pace _usualInside = MakePace(2, 1, 5, 15, 60, 240, 1440);

    public static MailerOptions Read(string json, string host)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(new OptionsTable("options", document.RootElement), host);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new OptionsException($"SUPERSERVER_OPTIONS is not JSON: {error.Message}");
        }
    }

    private static MailerOptions Read(OptionsTable table, string host)
    {
        var options = new MailerOptions
        {
            Recipients = [.. table.TextOrTexts("to").Select(text => Address("to", text))],
            Sender = Address("from", table.Text("from") ?? $"superserver@{host}"),
            Pace = ReadPace(table, "", _usual),
            InsidePace = ReadPace(table, "inside_", _usualInside),
            InsideNetworks = [.. table.TextOrTexts("inside").Select(Network)],
            Cap = ReadCap(table, "", new MailCap(4, 12)),
            InsideCap = ReadCap(table, "inside_", new MailCap(12, 60)),
            HostCapPerHour = table.Number("host_mails_per_hour", 1, 10_000) ?? 30,
            SelfCheck = table.OneOf("summary", "weekly", "daily", "never") switch
            {
                "daily" => SelfCheck.Daily,
                "never" => SelfCheck.Never,
                _ => SelfCheck.Weekly,
            },
            SubjectPrefix = table.Text("subject_prefix"),
            Ignore = table.TextOrTexts("ignore"),
            IgnoreFile = table.Path("ignore_file"),
            Retain = TimeSpan.FromSeconds(table.Number("retain_s", 3600, int.MaxValue) ?? 30 * 86_400),
            AttachCsv = table.OneOf("attach", "none", "csv") == "csv",
            Machine = table.Text("machine"),
            Resolve = table.OneOf("resolve", "confirm", "off") != "off",
            Linger = TimeSpan.FromMilliseconds(table.Number("linger_ms", 0, int.MaxValue) ?? 30_000),
            Transports = [.. table.Tables("transport").Select(TransportReader.Read)],
            Feeds = new FeedOptions
            {
                EventLog = table.Path("event_log"),
                SystemLog = table.Flag("syslog") ?? false,
                Collector = table.Table("forward") is { } forward ? ReadCollector(forward) : null,
            },
        };
        table.RefuseTheRest();
        return options switch
        {
            { Recipients.Count: 0 } => throw new OptionsException("'to' needs at least one address"),
            { Transports.Count: 0 } => throw new OptionsException("'transport' needs at least one entry"),
            _ => options,
        };
    }

    private static WebTarget ReadCollector(OptionsTable table)
    {
        var target = TransportReader.ReadWebTarget(table);
        table.RefuseTheRest();
        return target;
    }

    private static Pace MakePace(int settle, params int[] gaps) =>
        new(TimeSpan.FromSeconds(settle), [.. gaps.Select(gap => TimeSpan.FromMinutes(gap))], TimeSpan.FromHours(24));

    private static Pace ReadPace(OptionsTable table, string prefix, Pace usual)
    {
        var gaps = table.Numbers($"{prefix}gaps_s", 1, int.MaxValue / 1000)?.Select(gap => TimeSpan.FromSeconds(gap)).ToList();
        if (gaps is [])
        {
            throw new OptionsException($"'{prefix}gaps_s' needs at least one number");
        }

        return new Pace(
            table.Number($"{prefix}settle_ms", 0, int.MaxValue) is { } settle ? TimeSpan.FromMilliseconds(settle) : usual.Settle,
            gaps ?? usual.Gaps,
            table.Number($"{prefix}calm_s", 1, int.MaxValue / 1000) is { } calm ? TimeSpan.FromSeconds(calm) : usual.Calm);
    }

    private static MailCap ReadCap(OptionsTable table, string prefix, MailCap usual) => new(
        table.Number($"{prefix}mails_per_hour", 1, 10_000) ?? usual.PerHour,
        table.Number($"{prefix}mails_per_day", 1, 10_000) ?? usual.PerDay);

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network)
            ? network
            : throw new OptionsException($"'inside': \"{Clean.Text(text, 80)}\" is not a network such as 192.0.2.0/24");

    /// <summary>A bare address: no display name, nothing that a mail system could take for an option or a second header.</summary>
    public static string Address(string key, string text) =>
        MailboxAddress.TryParse(text, out var mailbox)
        && mailbox.Address == text && text.Contains('@', StringComparison.Ordinal)
        && text[0] != '-' && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? text
            : throw new OptionsException($"'{key}': \"{Clean.Text(text, 80)}\" is not a mail address such as admin@example.org");
}
