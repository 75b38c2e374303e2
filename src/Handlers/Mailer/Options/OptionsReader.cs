using System.Text.Json;
using MimeKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// <c>SUPERSERVER_OPTIONS</c> into <see cref="MailerOptions"/>. The daemon checks the same before; this guards against being run
/// by hand, and against a daemon of another version.
/// </summary>
internal static class OptionsReader
{
    private static readonly int[] _usualGaps = [300, 900, 1800, 3600, 7200, 14400, 28800, 86400];

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
            Pace = ReadPace(table),
            Resolve = table.OneOf("resolve", "confirm", "off") != "off",
            Linger = TimeSpan.FromMilliseconds(table.Number("linger_ms", 0, int.MaxValue) ?? 30_000),
            Transports = [.. table.Tables("transport").Select(TransportReader.Read)],
        };
        table.RefuseTheRest();
        return options switch
        {
            { Recipients.Count: 0 } => throw new OptionsException("'to' needs at least one address"),
            { Transports.Count: 0 } => throw new OptionsException("'transport' needs at least one entry"),
            _ => options,
        };
    }

    private static Pace ReadPace(OptionsTable table)
    {
        var gaps = table.Numbers("gaps_s", 1, int.MaxValue / 1000) ?? _usualGaps;
        if (gaps.Count == 0)
        {
            throw new OptionsException("'gaps_s' needs at least one number");
        }

        return new Pace(
            TimeSpan.FromMilliseconds(table.Number("settle_ms", 0, int.MaxValue) ?? 5_000),
            [.. gaps.Select(gap => TimeSpan.FromSeconds(gap))],
            TimeSpan.FromSeconds(table.Number("calm_s", 1, int.MaxValue / 1000) ?? 86_400));
    }

    /// <summary>A bare address: no display name, nothing that a mail system could take for an option or a second header.</summary>
    private static string Address(string key, string text) =>
        MailboxAddress.TryParse(text, out var mailbox)
        && mailbox.Address == text && text.Contains('@', StringComparison.Ordinal)
        && text[0] != '-' && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? text
            : throw new OptionsException($"'{key}': \"{Clean.Text(text, 80)}\" is not a mail address such as admin@example.org");
}
