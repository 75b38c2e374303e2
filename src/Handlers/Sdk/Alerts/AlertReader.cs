using System.Globalization;
using System.Net;
using System.Text.Json;

namespace SuperServer.Handlers.Alerts;

/// <summary>
/// A line of the spool back into its record. It believes nothing before the checksum agrees, and never throws: the file is
/// written by processes that face the network.
/// </summary>
internal static class AlertReader
{
    // ,"c":"xxxxxxxx"}
    private const int SealLength = 16;

    /// <summary>Reads one line, without line feeds; null when it is damaged (torn, altered, or not a record at all).</summary>
    public static AlertRecord? Read(ReadOnlyMemory<byte> line)
    {
        if (line.Length > AlertRecord.MaxLength || !IsSealed(line.Span))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            return Read(json.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsSealed(ReadOnlySpan<byte> line)
    {
        if (line.Length <= SealLength)
        {
            return false;
        }

        var seal = line[^SealLength..];
        return seal.StartsWith(",\"c\":\""u8)
            && seal.EndsWith("\"}"u8)
            && uint.TryParse(seal[6..14], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc)
            && crc == Crc32C.Of(line[..^SealLength]);
    }

    private static AlertRecord Read(JsonElement json)
    {
        var id = Text(json, "id");
        var kind = Text(json, "t");
        return (json.GetProperty("v").GetInt32(), kind) switch
        {
            (AlertRecord.Version, TouchRecord.Kind) => ReadTouch(json, id),
            (AlertRecord.Version, EndRecord.Kind) => ReadEnd(json, id),
            (AlertRecord.Version, ShedRecord.Kind) => ReadShed(json, id),
            _ => new UnfamiliarRecord { Id = id, Kind = kind },
        };
    }

    private static TouchRecord ReadTouch(JsonElement json, string id)
    {
        var source = json.GetProperty("src");
        var target = json.GetProperty("dst");
        return new TouchRecord
        {
            Id = id,
            Reference = Text(json, "ref"),
            Connection = OptionalText(json, "conn"),
            Host = Text(json, "host"),
            Machine = OptionalText(json, "mid"),
            Service = Text(json, "svc"),
            Protocol = Text(json, "proto"),
            Spoofable = json.TryGetProperty("spoofable", out var spoofable) && spoofable.GetBoolean(),
            Source = new AlertSource(
                Address(source),
                Port(source),
                Neighbourhoods.Parse(Text(source, "net")),
                source.GetProperty("mapped").GetBoolean()),
            Target = new AlertTarget(Address(target), Port(target)),
            At = json.GetProperty("at").GetDateTimeOffset(),
            Boot = Text(json, "boot"),
            Monotonic = json.GetProperty("mono").GetInt64(),
            PeerFrom = Text(json, "peer"),
            Action = Text(json, "act"),
            Ignored = json.GetProperty("ign").GetBoolean(),
            ProcessId = json.GetProperty("pid").GetInt32(),
        };
    }

    private static EndRecord ReadEnd(JsonElement json, string id) => new()
    {
        Id = id,
        Duration = TimeSpan.FromMilliseconds(json.GetProperty("dur").GetInt32()),
        Why = Text(json, "why"),
        BytesOut = json.GetProperty("out").GetInt64(),
        BytesIn = json.GetProperty("in").GetInt64(),
        First = json.GetProperty("first").GetBytesFromBase64(),
    };

    private static ShedRecord ReadShed(JsonElement json, string id) => new()
    {
        Id = id,
        Host = Text(json, "host"),
        Machine = OptionalText(json, "mid"),
        Service = Text(json, "svc"),
        Connections = json.GetProperty("n").GetInt64() is > 0 and var connections
            ? connections
            : throw new FormatException("'n' must be at least 1"),
        Sources = json.GetProperty("srcs").GetInt32(),
        From = json.GetProperty("from").GetDateTimeOffset(),
        To = json.GetProperty("to").GetDateTimeOffset(),
        Why = Text(json, "why"),
        Busiest = [.. json.GetProperty("top").EnumerateArray().Take(ShedRecord.MaxBusiest)
            .Select(pair => (IPAddress.Parse(pair[0].GetString() ?? throw new FormatException("an address is missing")), pair[1].GetInt64()))],
    };

    private static string? OptionalText(JsonElement json, string name) => json.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' must not be null");

    private static int? Port(JsonElement json) =>
        json.GetProperty("port") is { ValueKind: not JsonValueKind.Null } port ? port.GetUInt16() : null;

    private static IPAddress? Address(JsonElement json)
    {
        if (json.GetProperty("ip").GetString() is not { } text)
        {
            return null;
        }

        var address = IPAddress.Parse(text);
        if (address.IsIPv6LinkLocal && json.TryGetProperty("scope", out var scope))
        {
            address.ScopeId = scope.GetUInt32();
        }

        return address;
    }
}
