using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SuperServer.Handlers.Options;

/// <summary>Reads the service's options into an author's type, and turns what is wrong with them into sentences that name the option.</summary>
internal static class OptionsBinding
{
    private const string IdleOption = "idle";
    private const string AddedByTheReader = " | LineNumber: ";

    // What the reader says of a member that a nested type does not have; the second in programs without the texts (UseSystemResourceKeys).
    private static readonly string[] _unknown = ["The JSON property ", "UnmappedJsonProperty"];

    public static bool TryBind<T>(HandlerOptions table, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? options)
    {
        options = default;
        var names = type.Properties.Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var missing in type.Properties.Where(property => property.IsRequired && !table.Has(property.Name)))
        {
            table.Note($"option '{missing.Name}' is missing");
        }

        // 'idle' is ours, but an author may want to know it too.
        var json = table.Take(names.Contains, keep: name => name == IdleOption);
        if (table.HasComplaints)
        {
            return false;
        }

        try
        {
            options = JsonSerializer.Deserialize(json.Span, type);
            return options is not null;
        }
        catch (JsonException wrong)
        {
            table.Note(Sentence(wrong, type));
            return false;
        }
    }

    private static string Sentence(JsonException wrong, JsonTypeInfo type)
    {
        var option = HandlerOptions.Printable((wrong.Path ?? "").TrimStart('$').TrimStart('.'));
        if (_unknown.Any(beginning => wrong.Message.StartsWith(beginning, StringComparison.Ordinal)))
        {
            return $"there is no option '{option}'";
        }

        var why = wrong.Message.Contains(AddedByTheReader, StringComparison.Ordinal)
            ? Expectation(type.Properties.FirstOrDefault(property => property.Name == option)?.PropertyType)
            : string.Concat(wrong.Message.Where(letter => !char.IsControl(letter)));
        return option.Length == 0 ? why : $"option '{option}' {why}";
    }

    private static string Expectation(Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            null => "has a wrong value",
            { IsEnum: true } => "is none of the values it can have",
            _ when type == typeof(bool) => "must be true or false",
            _ when type == typeof(string) => "must be a text",
            _ when type == typeof(int) => "must be a whole number from -2147483648 to 2147483647",
            _ when type == typeof(long) || type == typeof(short) || type == typeof(byte) || type == typeof(uint) || type == typeof(ushort) => "must be a whole number in its range",
            _ when type == typeof(double) || type == typeof(float) || type == typeof(decimal) => "must be a number",
            { IsArray: true } => "must be a list, each of its values of the right kind",
            _ => "has a value of a wrong kind",
        };
    }
}
