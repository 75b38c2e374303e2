using System.Text.Json;

namespace SuperServer.Configuration;

/// <summary>
/// <see cref="LetterRules"/> as the mailer is told about them. Defaults are spelled out: what the mailer does stands in the
/// daemon's documentation, whichever mailer that is.
/// </summary>
internal static class LettersJson
{
    public static void Write(Utf8JsonWriter json, LetterRules letters)
    {
        WriteTexts(json, "to", letters.To);
        json.WriteString("from", letters.From);
        WritePace(json, "", letters.Outside);
        WriteTexts(json, "inside", letters.InsideNetworks.Select(network => $"{network.Address}/{network.Length}"));
        WritePace(json, "inside_", letters.Inside);
        json.WriteNumber("host_mails_per_hour", letters.HostMailsPerHour);
        json.WriteString("summary", letters.Summary);
        WriteIfAny(json, "subject_prefix", letters.SubjectPrefix);
        WriteTexts(json, "ignore", letters.Ignore);
        WriteIfAny(json, "ignore_file", letters.IgnoreFile);
        json.WriteNumber("retain_s", (long)letters.Retain.TotalSeconds);
        json.WriteString("attach", letters.Attach);
        json.WriteString("resolve", letters.Resolve);
    }

    public static void WriteTexts(Utf8JsonWriter json, string key, IEnumerable<string> texts)
    {
        json.WriteStartArray(key);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    public static void WriteIfAny(Utf8JsonWriter json, string key, string? text)
    {
        if (text is not null)
        {
            json.WriteString(key, text);
        }
    }

    private static void WritePace(Utf8JsonWriter json, string prefix, PaceRules pace)
    {
        json.WriteNumber($"{prefix}settle_ms", (long)pace.Settle.TotalMilliseconds);
        json.WriteStartArray($"{prefix}gaps_s");
        foreach (var gap in pace.Gaps)
        {
            json.WriteNumberValue((long)gap.TotalSeconds);
        }

        json.WriteEndArray();
        json.WriteNumber($"{prefix}calm_s", (long)pace.Calm.TotalSeconds);
        json.WriteNumber($"{prefix}mails_per_hour", pace.MailsPerHour);
        json.WriteNumber($"{prefix}mails_per_day", pace.MailsPerDay);
    }
}
