using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The lines that collectors of records get, as docs/records.md describes them. The default encoder writes pure ASCII and escapes
/// every control character: no value, whoever chose it, can end a line.
/// </summary>
internal static class RecordJson
{
    public const int Version = 1;

    private const int LongestName = 64;
    private const int LongestFirst = 400;

    /// <param name="number">The line's own.</param>
    /// <param name="house">Who wrote it down, for records that do not say where they were made.</param>
    /// <param name="what">The event.</param>
    /// <param name="name">What is known of the address by now.</param>
    public static string Of(long number, House house, RecordedEvent what, Finding name) => Line(number, "event", json =>
    {
        Begin(json, what, house);
        json.WriteString("at", Instant(what.At));
        json.WriteString("service", Clean.Text(what.Service, LongestName));
        json.WriteString("proto", Clean.Text(what.Protocol, LongestName));
        WriteAddress(json, "dst", what.Target, "port", what.Port);
        WriteAddress(json, "src", what.Source, "src_port", what.SourcePort);
        json.WriteString("class", StreamClasses.Name(what.Class));
        json.WriteBoolean("spoofable", what.Protocol == "udp");
        json.WriteString("name", name.Name);
        json.WriteString("name_state", Word(name.State));
        json.WriteString("action", Clean.Text(what.Action, LongestName));
        json.WriteBoolean("ignored", what.IsIgnored);
        if (what.End is { } end)
        {
            Write(json, end);
        }
    });

    /// <summary>How an event ended whose line was written before.</summary>
    public static string OfEnd(long number, House house, RecordedEvent what, RecordedEnd end) => Line(number, "end", json =>
    {
        Begin(json, what, house);
        Write(json, end);
    });

    public static string Of(long number, House house, CountedRecord counted) => Line(number, "counted", json =>
    {
        json.WriteString("id", Clean.Text(counted.Id, LongestName));
        WriteHouse(json, counted.Host, counted.Machine, house);
        json.WriteString("service", Clean.Text(counted.Service, LongestName));
        json.WriteString("class", StreamClasses.Name(counted.Class));
        json.WriteString("why", Clean.Text(counted.Why, LongestName));
        json.WriteNumber("connections", counted.Connections);
        json.WriteNumber("sources", counted.Sources);
        json.WriteString("from", Instant(counted.From));
        json.WriteString("to", Instant(counted.To));
        json.WriteStartArray("busiest");
        foreach (var (address, connections) in counted.Busiest)
        {
            json.WriteStartObject();
            json.WriteString("src", address.ToString());
            json.WriteNumber("connections", connections);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The five words of a mail, for programs.</summary>
    public static string Word(FindingState state) => state switch
    {
        FindingState.Confirmed => "confirmed",
        FindingState.Claimed => "claimed",
        FindingState.Malformed => "malformed",
        FindingState.None => "none",
        FindingState.TimedOut => "timeout",
        _ => "off",
    };

    private static void Begin(Utf8JsonWriter json, RecordedEvent what, House house)
    {
        json.WriteNumber("seq", what.Sequence);
        json.WriteString("id", Clean.Text(what.Id, LongestName));
        json.WriteString("ref", Clean.Text(what.Reference, LongestName));
        json.WriteString("conn", what.Connection is null ? null : Clean.Text(what.Connection, LongestName));
        WriteHouse(json, what.Host, what.Machine, house);
    }

    // A record that tells its host tells its machine as well, or has none: ours would be a lie.
    private static void WriteHouse(Utf8JsonWriter json, string? host, string? machine, House house)
    {
        json.WriteString("host", Clean.Chosen(host ?? house.Host, 100));
        json.WriteString("machine", host is null ? house.Machine : machine is null ? null : Clean.Text(machine, LongestName));
    }

    private static void WriteAddress(Utf8JsonWriter json, string name, IPAddress? address, string portName, int? port)
    {
        json.WriteString(name, address?.ToString());
        if (port is { } known)
        {
            json.WriteNumber(portName, known);
        }
        else
        {
            json.WriteNull(portName);
        }
    }

    private static void Write(Utf8JsonWriter json, RecordedEnd end)
    {
        json.WriteNumber("duration_ms", (long)end.Duration.TotalMilliseconds);
        json.WriteString("why", Clean.Text(end.Why, LongestName));
        json.WriteNumber("bytes_out", end.BytesOut);
        json.WriteNumber("bytes_in", end.BytesIn);
        json.WriteBase64String("first", end.First);
        json.WriteString("first_text", Clean.Bytes(end.First, LongestFirst));
    }

    private static string Line(long number, string kind, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteNumber("n", number);
            json.WriteString("t", kind);
            write(json);
            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(bytes.WrittenSpan);
    }
}
