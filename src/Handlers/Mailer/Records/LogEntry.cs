using System.Globalization;
using System.Text.Json;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// One line as the system's log has it: a text that stays as it is, for it is what filters look for, and fields. In the text every
/// part is one word of harmless letters: a name that a taken-over service invents cannot look like an address.
/// </summary>
internal sealed record LogEntry(string Text, IReadOnlyList<(string Name, string Value)> Fields)
{
    private const int LongestWord = 64;

    private static readonly (string Field, string Member)[] _fields =
    [
        ("SS_N", "n"), ("SS_SEQ", "seq"), ("SS_ID", "id"), ("SS_REF", "ref"), ("SS_CONN", "conn"), ("SS_HOST", "host"),
        ("SS_MACHINE", "machine"), ("SS_AT", "at"), ("SS_SERVICE", "service"), ("SS_PROTO", "proto"), ("SS_DST_IP", "dst"),
        ("SS_PORT", "port"), ("SS_SRC_IP", "src"), ("SS_SRC_PORT", "src_port"), ("SS_CLASS", "class"), ("SS_NAME", "name"),
        ("SS_NAME_STATE", "name_state"), ("SS_ACTION", "action"), ("SS_WHY", "why"), ("SS_CONNECTIONS", "connections"),
        ("SS_SOURCES", "sources"),
    ];

    /// <summary>Null for a line that is no entry.</summary>
    public static LogEntry? Of(RecordLine line)
    {
        using var json = JsonDocument.Parse(line.Json);
        var root = json.RootElement;
        return root.GetProperty("t").GetString() switch
        {
            "event" => new LogEntry(TextOfEvent(root), FieldsOf(root)),
            "counted" => new LogEntry(TextOfCounted(root), FieldsOf(root)),
            _ => null,
        };
    }

    private static string TextOfEvent(JsonElement json)
    {
        var text = $"tripwire: {Word(json, "service")} {Word(json, "port")}/{Word(json, "proto")} from {Word(json, "src")} "
            + $"port {Word(json, "src_port")} ref {Word(json, "ref")}";
        return json.GetProperty("ignored").GetBoolean() ? $"{text} (ignored)" : text;
    }

    private static string TextOfCounted(JsonElement json) => string.Create(
        CultureInfo.InvariantCulture,
        $"tripwire: {Word(json, "service")} {Word(json, "connections")} more connections only counted ({Word(json, "why")})");

    private static List<(string, string)> FieldsOf(JsonElement json) =>
    [
        .. from field in _fields
           where json.TryGetProperty(field.Member, out var value) && value.ValueKind != JsonValueKind.Null
           select (field.Field, json.GetProperty(field.Member).ToString()),
    ];

    private static string Word(JsonElement json, string member)
    {
        var value = json.GetProperty(member);
        var text = value.ValueKind == JsonValueKind.Null ? "-" : value.ToString();
        return string.Concat(text.Take(LongestWord).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or ':' or '-' or '%' ? letter : '_'));
    }
}
