using System.Text.Json;

namespace SuperServer.Handlers.Mailer;

/// <summary>A JSON object of options. Asking for a key declares it; what nobody asked for is a mistake.</summary>
internal sealed class OptionsTable
{
    private readonly Dictionary<string, JsonElement> _entries;

    public OptionsTable(string name, JsonElement json)
    {
        Name = name;
        _entries = json.ValueKind == JsonValueKind.Object
            ? json.EnumerateObject().GroupBy(entry => entry.Name).ToDictionary(group => group.Key, group => group.Last().Value)
            : throw Wrong(name, "an object", json);
    }

    public string Name { get; }

    public string? Text(string key) => Take(key) is { } value ? Text(key, value) : null;

    public IReadOnlyList<string> TextOrTexts(string key) => Take(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(value => Text(key, value))],
        { } value => [Text(key, value)],
    };

    public string? OneOf(string key, params ReadOnlySpan<string> words) => Text(key) switch
    {
        null => null,
        var word when words.Contains(word) => word,
        var word => throw new OptionsException(
            $"{Name}: '{key}' must be one of {string.Join(", ", words!)}, not \"{Clean.Text(word, 40)}\""),
    };

    public bool? Flag(string key) => Take(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(key, "true or false", value),
    };

    public string? Path(string key) => Text(key) switch
    {
        null => null,
        ['/', ..] path => path,
        var path => throw new OptionsException($"{Name}: '{key}' must be an absolute path, not \"{Clean.Text(path, 80)}\""),
    };

    /// <summary>A program by its absolute path, and its arguments.</summary>
    public IReadOnlyList<string>? Command(string key) => TextOrTexts(key) switch
    {
        [] => null,
        [['/', ..], ..] command => command,
        _ => throw new OptionsException($"{Name}: '{key}' must begin with the absolute path of a program"),
    };

    /// <summary>A secret by the one key or the other; null when there is none.</summary>
    public SecretSource? Secret(string fileKey, string descriptorKey) => (Path(fileKey), Number(descriptorKey, 3, 1000)) switch
    {
        (null, null) => null,
        var (path, descriptor) => new SecretSource(path, descriptor),
    };

    public int? Number(string key, int least, int most) => Take(key) is { } value ? Number(key, value, least, most) : null;

    public IReadOnlyList<int>? Numbers(string key, int least, int most) =>
        Take(key) is { } value ? [.. List(key, value).Select(item => Number(key, item, least, most))] : null;

    public OptionsTable? Table(string key) => Take(key) is { } value ? new OptionsTable(key, value) : null;

    public IEnumerable<OptionsTable> Tables(string key) =>
        Take(key) is { } value ? List(key, value).Select((item, i) => new OptionsTable($"{key} {i + 1}", item)) : [];

    public void RefuseTheRest()
    {
        if (_entries.Count > 0)
        {
            throw new OptionsException($"{Name}: unknown option '{Clean.Text(_entries.Keys.First(), 40)}'");
        }
    }

    private JsonElement? Take(string key) => _entries.Remove(key, out var value) ? value : null;

    private static JsonElement.ArrayEnumerator List(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(key, "a list", value);

    private static string Text(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && !text.Any(char.IsControl)
            ? text
            : throw Wrong(key, "a string without control characters", value);

    private static int Number(string key, JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, $"a whole number from {least} to {most}", value);

    private static OptionsException Wrong(string key, string expected, JsonElement value) =>
        new($"'{key}' must be {expected}, not {Clean.Text(value.GetRawText(), 40)}");
}
