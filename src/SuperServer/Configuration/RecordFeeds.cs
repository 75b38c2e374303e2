using System.Text.Json;

namespace SuperServer.Configuration;

/// <summary>Who is told what tripwires record, beside those who get mails.</summary>
internal sealed record RecordFeeds
{
    /// <summary>A file of JSON lines, which the mailer writes.</summary>
    public string? EventLog { get; init; }

    /// <summary>The group that may read a folder that is made for it; null for the mailer's own.</summary>
    public uint? EventLogReaders { get; init; }

    /// <summary>The system's log.</summary>
    public bool SystemLog { get; init; }

    /// <summary>A collector on the web.</summary>
    public WebPlace? Collector { get; init; }

    public void WriteTo(Utf8JsonWriter json)
    {
        LettersJson.WriteIfAny(json, "event_log", EventLog);
        if (SystemLog)
        {
            json.WriteBoolean("syslog", true);
        }

        if (Collector is { } collector)
        {
            json.WriteStartObject("forward");
            collector.WriteTo(json);
            json.WriteEndObject();
        }
    }
}
