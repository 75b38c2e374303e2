using System.Text;
using System.Text.Json;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// A TOML table as JSON, for a variable in a child's environment.
/// Dates become text: JSON has no other form for them.
/// </summary>
internal static class OptionsJson
{
    private const int DeepestNesting = 64;

    public static Reading<string> Write(TomlMap options)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { MaxDepth = DeepestNesting + 1 }))
        {
            if (WhyNotWritten(json, options, depth: 0) is { } why)
            {
                return new Objection(why);
            }
        }

        return bytes.Length <= Values.LongestText
            ? Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length)
            : new Objection($"the options are longer than {Values.LongestText} bytes");
    }

    private static string? WhyNotWritten(Utf8JsonWriter json, TomlNode node, int depth)
    {
        if (depth >= DeepestNesting)
        {
            return $"options are nested deeper than {DeepestNesting}";
        }

        switch (node)
        {
            case TomlMap map:
                return WriteMap(json, map, depth);
            case TomlList list:
                return WriteList(json, list, depth);
            case TomlFraction fraction when !double.IsFinite(fraction.Value):
                return "options are handed over as JSON, which has no infinity and no nan";
            default:
                WriteScalar(json, node);
                return null;
        }
    }

    private static string? WriteMap(Utf8JsonWriter json, TomlMap map, int depth)
    {
        json.WriteStartObject();
        foreach (var entry in map.Entries)
        {
            json.WritePropertyName(entry.Key);
            if (WhyNotWritten(json, entry.Value, depth + 1) is { } why)
            {
                return why;
            }
        }

        json.WriteEndObject();
        return null;
    }

    private static string? WriteList(Utf8JsonWriter json, TomlList list, int depth)
    {
        json.WriteStartArray();
        foreach (var item in list.Items)
        {
            if (WhyNotWritten(json, item, depth + 1) is { } why)
            {
                return why;
            }
        }

        json.WriteEndArray();
        return null;
    }

    private static void WriteScalar(Utf8JsonWriter json, TomlNode node)
    {
        switch (node)
        {
            case TomlNumber number:
                json.WriteNumberValue(number.Value);
                break;
            case TomlFlag flag:
                json.WriteBooleanValue(flag.Value);
                break;
            case TomlFraction fraction:
                json.WriteNumberValue(fraction.Value);
                break;
            case TomlText text:
                json.WriteStringValue(text.Value);
                break;
            case TomlMoment moment:
                json.WriteStringValue(moment.Value);
                break;
            default:
                throw new InvalidOperationException($"No JSON for {node.Description}.");
        }
    }
}
