using System.Text.Json;

namespace SuperServer.EndToEnd.Harness;

/// <summary>One line of the daemon's log: the event is told by its message template, the rest are its properties.</summary>
internal sealed record LogLine(string Raw, string Template, JsonElement Properties)
{
    public static LogLine From(string raw)
    {
        try
        {
            var properties = JsonDocument.Parse(raw).RootElement;
            return new LogLine(raw, properties.GetProperty("@mt").GetString()!, properties);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new LogLine(raw, string.Empty, default);
        }
    }

    public string this[string property] =>
        Properties.ValueKind == JsonValueKind.Object && Properties.TryGetProperty(property, out var value)
            ? value.ToString()
            : string.Empty;

    public int Pid => int.Parse(this["Pid"], null);

    public override string ToString() => Raw;
}
