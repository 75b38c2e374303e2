using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace SuperServer.Handlers.Alerts;

/// <summary>
/// A record as one line of JSON with its checksum as the last member. The default encoder writes pure ASCII and escapes every
/// control character, so that no value, whoever chose it, can end a line or reach a terminal.
/// </summary>
internal static class AlertWriter
{
    // Text that others configured is cut, so that a line stays below AlertRecord.MaxLength even when every character is escaped.
    private const int MaxHost = 100;
    private const int MaxName = 64;

    // ,"c":"xxxxxxxx"}
    private const int SealLength = 16;

    // A flood writes thousands of records in a second on one thread.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    public static byte[] Write(TouchRecord record) => Seal(json =>
    {
        Begin(json, TouchRecord.Kind, record.Id);
        json.WriteString("ref"u8, record.Reference);
        WriteOptional(json, "conn"u8, record.Connection);
        json.WriteString("host"u8, Cut(record.Host, MaxHost));
        WriteOptional(json, "mid"u8, record.Machine);
        json.WriteString("svc"u8, Cut(record.Service, MaxName));
        json.WriteString("proto"u8, record.Protocol);
        if (record.Spoofable)
        {
            json.WriteBoolean("spoofable"u8, true);
        }

        WriteSource(json, record.Source);
        WriteTarget(json, record.Target);
        json.WriteString("at"u8, Instant(record.At));
        json.WriteString("boot"u8, record.Boot);
        json.WriteNumber("mono"u8, record.Monotonic);
        json.WriteString("peer"u8, record.PeerFrom);
        json.WriteString("act"u8, record.Action);
        json.WriteBoolean("ign"u8, record.Ignored);
        json.WriteNumber("pid"u8, record.ProcessId);
    });

    public static byte[] Write(EndRecord record) => Seal(json =>
    {
        Begin(json, EndRecord.Kind, record.Id);
        json.WriteNumber("dur"u8, (long)record.Duration.TotalMilliseconds);
        json.WriteString("why"u8, record.Why);
        json.WriteNumber("out"u8, record.BytesOut);
        json.WriteNumber("in"u8, record.BytesIn);
        json.WriteBase64String("first"u8, record.First.Span[..Math.Min(record.First.Length, EndRecord.MaxFirst)]);
    });

    public static byte[] Write(ShedRecord record) => Seal(json =>
    {
        Begin(json, ShedRecord.Kind, record.Id);
        json.WriteString("host"u8, Cut(record.Host, MaxHost));
        WriteOptional(json, "mid"u8, record.Machine);
        json.WriteString("svc"u8, Cut(record.Service, MaxName));
        json.WriteNumber("n"u8, record.Connections);
        json.WriteNumber("srcs"u8, record.Sources);
        json.WriteString("from"u8, Instant(record.From));
        json.WriteString("to"u8, Instant(record.To));
        json.WriteString("why"u8, Cut(record.Why, MaxName));
        json.WriteStartArray("top"u8);
        foreach (var (address, connections) in record.Busiest.Take(ShedRecord.MaxBusiest))
        {
            json.WriteStartArray();
            json.WriteStringValue(address.ToString());
            json.WriteNumberValue(connections);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    });

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void Begin(Utf8JsonWriter json, string kind, string id)
    {
        json.WriteStartObject();
        json.WriteNumber("v"u8, AlertRecord.Version);
        json.WriteString("t"u8, kind);
        json.WriteString("id"u8, id);
    }

    private static void WriteSource(Utf8JsonWriter json, AlertSource source)
    {
        json.WriteStartObject("src"u8);
        WriteAddress(json, source.Address, source.Port);
        json.WriteString("net"u8, Neighbourhoods.Name(source.Net));
        json.WriteBoolean("mapped"u8, source.Mapped);
        json.WriteEndObject();
    }

    private static void WriteTarget(Utf8JsonWriter json, AlertTarget target)
    {
        json.WriteStartObject("dst"u8);
        WriteAddress(json, target.Address, target.Port);
        json.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter json, IPAddress? address, int? port)
    {
        if (address is { IsIPv6LinkLocal: true, ScopeId: > 0 })
        {
            json.WriteString("ip"u8, new IPAddress(address.GetAddressBytes()).ToString());
            json.WriteNumber("scope"u8, address.ScopeId);
        }
        else
        {
            json.WriteString("ip"u8, address?.ToString());
        }

        if (port is { } known)
        {
            json.WriteNumber("port"u8, known);
        }
        else
        {
            json.WriteNull("port"u8);
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, Cut(text, MaxName));
        }
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    private static byte[] Seal(Action<Utf8JsonWriter> write)
    {
        _buffer ??= new ArrayBufferWriter<byte>(AlertRecord.MaxLength);
        _json ??= new Utf8JsonWriter(_buffer);
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        write(_json);
        _json.WriteEndObject();
        _json.Flush();

        var body = _buffer.WrittenSpan[..^1];
        var line = new byte[body.Length + SealLength];
        body.CopyTo(line);
        var seal = line.AsSpan(body.Length);
        ",\"c\":\""u8.CopyTo(seal);
        _ = Crc32C.Of(body).TryFormat(seal[6..], out _, "x8", CultureInfo.InvariantCulture);
        "\"}"u8.CopyTo(seal[^2..]);
        return line;
    }
}
