using System.Net;
using System.Text.Json;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.BuiltIn.Notelnet;

namespace SuperServer.Handlers.BuiltIn.Shed;

/// <summary>
/// What the daemon says of visitors whom a tripwire never saw (<c>SUPERSERVER_SHED</c>), as the record of it. Host and machine are
/// those that the tripwire would have named.
/// </summary>
internal static class MissedVisitors
{
    public const string Variable = "SUPERSERVER_SHED";

    private const int KeyLength = 10;

    /// <summary>Null and why, when it is not what a daemon of ours would say.</summary>
    public static ShedRecord? Read(Func<string, string?> environment, out string? failure)
    {
        failure = null;
        try
        {
            using var json = JsonDocument.Parse(environment(Variable) ?? throw new FormatException("it is not set"));
            return Read(json.RootElement, environment);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            failure = $"{Variable}: {wrong.Message}; the daemon sets it when it starts this program for visitors it had to turn away";
            return null;
        }
    }

    private static ShedRecord Read(JsonElement facts, Func<string, string?> environment)
    {
        var last = facts.GetProperty("to").GetDateTimeOffset();
        return new ShedRecord
        {
            Id = Id(facts, last),
            Host = environment("SUPERSERVER_HOST") ?? Machine.Name(),
            Machine = environment("SUPERSERVER_MACHINE"),
            Service = Text(facts, "svc"),
            Connections = facts.GetProperty("n").GetInt64() is > 0 and var connections
                ? connections
                : throw new FormatException("'n' must be at least 1"),
            Sources = facts.GetProperty("srcs").GetInt32(),
            From = facts.GetProperty("from").GetDateTimeOffset(),
            To = last,
            Why = Text(facts, "why"),
            Busiest = [.. facts.GetProperty("top").EnumerateArray().Select(pair => (IPAddress.Parse(pair[0].GetString() ?? ""), pair[1].GetInt64()))],
        };
    }

    // Started again with the same facts, it makes the same id: what is recorded twice is counted once.
    private static string Id(JsonElement facts, DateTimeOffset last)
    {
        if (!facts.TryGetProperty("key", out var key))
        {
            return Ulid.New(last);
        }

        var random = Convert.FromHexString(key.GetString() ?? "");
        return random.Length == KeyLength
            ? Ulid.Encode(last.ToUnixTimeMilliseconds(), random)
            : throw new FormatException($"'key' must have {2 * KeyLength} hexadecimal digits");
    }

    private static string Text(JsonElement facts, string name) =>
        facts.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException($"'{name}' must not be empty");
}
