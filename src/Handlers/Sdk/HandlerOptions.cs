using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace SuperServer.Handlers;

/// <summary>
/// The service's options (SUPERSERVER_OPTIONS, a JSON object). Each is asked for by name; what is wrong with one is noted in
/// <see cref="Problems"/> and the default stands, so that the handler decides whether it can go on.
/// </summary>
internal sealed class HandlerOptions
{
    public const string Variable = "SUPERSERVER_OPTIONS";

    private static readonly TimeSpan _longest = TimeSpan.FromDays(36_525);

    private readonly Dictionary<string, JsonElement> _unasked = [];
    private readonly List<string> _problems = [];
    private readonly List<HandlerOptions> _tables = [];
    private readonly string _prefix;

    private HandlerOptions(string prefix = "") => _prefix = prefix;

    /// <summary>Every mistake so far, options nobody asked for included: call it after the last question.</summary>
    public IEnumerable<string> Problems =>
    [
        .. _problems,
        .. _unasked.Keys.Select(name => $"there is no option '{_prefix}{Printable(name)}'"),
        .. _tables.SelectMany(table => table.Problems),
    ];

    public static HandlerOptions Parse(string? json)
    {
        var options = new HandlerOptions();
        if (!string.IsNullOrEmpty(json))
        {
            options.Take(json);
        }

        return options;
    }

    public string Text(string name, string otherwise) => Ask(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        _ => Refuse(name, "must be a text", otherwise),
    };

    /// <summary>One text or a list of them; none when the option is not there.</summary>
    public IReadOnlyList<string> Texts(string name) => Ask(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } value => [value.GetString()!],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(value => value.GetString()!)],
        _ => Refuse<string[]>(name, "must be a text or a list of texts", []),
    };

    public bool Flag(string name, bool otherwise) => Ask(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => Refuse(name, "must be true or false", otherwise),
    };

    public string Choice(string name, string otherwise, params ReadOnlySpan<string> choices)
    {
        var chosen = Text(name, otherwise);
        return choices.Contains(chosen) ? chosen : Refuse(name, $"must be one of: {string.Join(", ", choices)}", otherwise);
    }

    public int Number(string name, int otherwise, int min, int max) =>
        Ask(name) switch
        {
            null => otherwise,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number >= min && number <= max => number,
            _ => Refuse(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}"), otherwise),
        };

    /// <summary>A duration as everywhere in the configuration: <c>"90s"</c>, <c>"5m"</c>, <c>"2h"</c>, <c>"500ms"</c>.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise) =>
        Text(name, "") switch
        {
            "" => otherwise,
            var text => ParseDuration(text) ?? Refuse(name, "must be a duration such as \"90s\", \"5m\" or \"2h\"", otherwise),
        };

    /// <summary>The tables in a table, such as <c>ports."22"</c>, by name; their mistakes are among ours.</summary>
    public IEnumerable<(string Name, HandlerOptions Options)> Tables(string name)
    {
        if (Ask(name) is not { } table)
        {
            return [];
        }

        return table.ValueKind == JsonValueKind.Object
            ? [.. table.EnumerateObject().Select(member => (member.Name, Nested($"{name}.{Printable(member.Name)}", member.Value)))]
            : Refuse<(string, HandlerOptions)[]>(name, "must be a table", []);
    }

    /// <summary>Options that are somebody else's: nothing about them is wrong here.</summary>
    public void Leave(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _ = Ask(name);
        }
    }

    /// <summary>Notes what is wrong with an option and gives what to use instead.</summary>
    public T Refuse<T>(string name, string why, T instead)
    {
        _problems.Add($"option '{_prefix}{name}' {why}");
        return instead;
    }

    /// <summary>Whether the table has it and nobody has asked for it yet.</summary>
    public bool Has(string name) => _unasked.ContainsKey(name);

    public bool HasComplaints => _problems.Count > 0;

    /// <summary>Notes a whole sentence.</summary>
    public void Note(string problem) => _problems.Add(problem);

    /// <summary>Takes those that are wanted, as a JSON object; those to keep can be asked for again.</summary>
    public ReadOnlyMemory<byte> Take(Func<string, bool> wanted, Func<string, bool> keep)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        foreach (var (name, value) in _unasked.Where(option => wanted(option.Key)).ToArray())
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
            _ = keep(name) || _unasked.Remove(name);
        }

        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }

    private HandlerOptions Nested(string path, JsonElement table)
    {
        var options = new HandlerOptions($"{_prefix}{path}.");
        _tables.Add(options);
        if (table.ValueKind == JsonValueKind.Object)
        {
            options.Take(table);
            return options;
        }

        return Refuse(path, "must be a table", options);
    }

    public static TimeSpan? ParseDuration(string text)
    {
        var digits = text.AsSpan().TrimEnd("dhms");
        if (!uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        // A century is enough for everybody, and a TimeSpan holds it.
        var unit = text.AsSpan(digits.Length) switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        return unit > TimeSpan.Zero && count <= _longest / unit ? count * unit : null;
    }

    private JsonElement? Ask(string name) => _unasked.Remove(name, out var value) ? value : null;

    private void Take(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            Take(document.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            _problems.Add($"{Variable} is not a JSON object");
        }
    }

    private void Take(JsonElement table)
    {
        foreach (var member in table.EnumerateObject())
        {
            _unasked[member.Name] = member.Value.Clone();
        }
    }

    /// <summary>Text of others as it may stand in a complaint.</summary>
    public static string Printable(string text) => JsonEncodedText.Encode(text).ToString();
}
