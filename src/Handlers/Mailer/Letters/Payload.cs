using System.Buffers;
using System.Net;
using System.Text.Json;
using MimeKit;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// A mail for programs, as webhooks and exec hooks get it; docs/alerts.md describes it. It is written with the mail and kept with it: each
/// attempt hands over the same bytes.
/// </summary>
internal static class Payload
{
    public const int Version = 1;

    // PagerDuty takes no more; a host's name is the only part without a bound of its own.
    public const int LongestKey = 255;

    private const int LongestHost = 100;
    private const int LongestText = 16 * 1024;

    public static byte[] Of(MimeMessage message, House house, Draft draft) => Json(json =>
    {
        Begin(json, message, house, draft.Kind, StreamClasses.Name(draft.Summary.Class));
        var summary = draft.Summary;
        json.WriteNumber("connections", summary.Connections);
        json.WriteNumber("addresses", summary.Sources);
        json.WriteNumber("counted_only", summary.CountedOnly.Sum(line => line.Connections));
        json.WriteNumber("ignored", summary.Ignored);
        json.WriteBoolean("complete", summary.IsComplete);
        if (!summary.IsEmpty)
        {
            json.WriteNumber("first_seq", summary.First);
            json.WriteNumber("last_seq", summary.Last);
        }

        json.WriteString("began", RecordJson.Instant(summary.Began));
        json.WriteString("ended", RecordJson.Instant(summary.Ended));
        WriteHosts(json, summary.Hosts);
        WriteServices(json, summary.Services);
        WriteBusiest(json, summary.Busiest, draft.Names);
    });

    /// <summary>Of a test message, which tells no event.</summary>
    public static byte[] OfTest(MimeMessage message, House house) => Json(json => Begin(json, message, house, MailKind.Test, "outside"));

    /// <summary>Of a mail that an older version composed.</summary>
    public static byte[] OfOld(byte[] message, House house)
    {
        using var bytes = new MemoryStream(message);
        using var mail = MimeMessage.Load(bytes);
        return OfTest(mail, house);
    }

    private static void Begin(Utf8JsonWriter json, MimeMessage message, House house, MailKind kind, string streamClass)
    {
        var name = Clean.Chosen(house.Host, LongestHost);
        json.WriteNumber("v", Version);
        json.WriteString("kind", Word(kind));
        json.WriteString("host", name);
        json.WriteString("machine", house.Machine);
        json.WriteString("class", streamClass);
        json.WriteString("severity", Severity(kind, streamClass));
        json.WriteString("dedup_key", Key(house, name, message.MessageId!.Split('@')[0]));
        json.WriteString("group_key", Key(house, name, streamClass));
        json.WriteString("message_id", message.MessageId);
        json.WriteString("at", RecordJson.Instant(message.Date));
        json.WriteString("subject", message.Subject);
        json.WriteString("text", Cut(message.TextBody ?? ""));
    }

    private static string Key(House house, string host, string rest)
    {
        var key = $"superserver/{house.Machine ?? host}/{rest}";
        return key.Length <= LongestKey ? key : key[..LongestKey];
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText - 4), "\n...");

    private static string Severity(MailKind kind, string streamClass) => (kind, streamClass) switch
    {
        (MailKind.Quiet or MailKind.Test, _) => "info",
        (MailKind.Surge, _) or (_, "inside") => "critical",
        _ => "warning",
    };

    private static string Word(MailKind kind) => kind switch
    {
        MailKind.First => "first",
        MailKind.Digest => "digest",
        MailKind.Surge => "surge",
        MailKind.Quiet => "quiet",
        _ => "test",
    };

    private static void WriteHosts(Utf8JsonWriter json, IReadOnlyList<HostLine> hosts)
    {
        json.WriteStartArray("hosts");
        foreach (var line in hosts)
        {
            json.WriteStartObject();
            json.WriteString("host", Clean.Chosen(line.Host, LongestHost));
            json.WriteNumber("connections", line.Connections);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteServices(Utf8JsonWriter json, IReadOnlyList<ServiceLine> services)
    {
        json.WriteStartArray("services");
        foreach (var line in services)
        {
            json.WriteStartObject();
            json.WriteString("service", Clean.Text(line.Service, 64));
            json.WriteString("proto", Clean.Text(line.Protocol, 64));
            WritePort(json, line.Port);
            json.WriteNumber("connections", line.Connections);
            json.WriteNumber("addresses", line.Sources);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePort(Utf8JsonWriter json, int? port)
    {
        if (port is { } known)
        {
            json.WriteNumber("port", known);
        }
        else
        {
            json.WriteNull("port");
        }
    }

    private static void WriteBusiest(Utf8JsonWriter json, IReadOnlyList<SourceLine> busiest, IReadOnlyDictionary<IPAddress, Finding> names)
    {
        json.WriteStartArray("busiest");
        foreach (var line in busiest)
        {
            var name = line.Address is { } address ? names.GetValueOrDefault(address, Finding.NotAsked) : Finding.NotAsked;
            json.WriteStartObject();
            json.WriteString("src", line.Address?.ToString());
            json.WriteString("name", name.Name);
            json.WriteString("name_state", RecordJson.Word(name.State));
            json.WriteNumber("connections", line.Connections);
            json.WriteString("first", RecordJson.Instant(line.First));
            json.WriteString("last", RecordJson.Instant(line.Last));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
