using System.Text.Json;
using System.Text.Json.Serialization;

namespace SuperServer.Handlers;

/// <summary>
/// Reads a <see cref="TimeSpan"/> as the configuration writes durations everywhere: a whole number and <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>
/// (<c>"90s"</c>, <c>"5m"</c>, <c>"2h"</c>). Name it in the <c>Converters</c> of the author's <see cref="JsonSourceGenerationOptionsAttribute"/>, or on a property.
/// </summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <summary>Reads one duration.</summary>
    /// <param name="reader">Stands at the value.</param>
    /// <param name="typeToConvert">Always <see cref="TimeSpan"/>.</param>
    /// <param name="options">Not looked at.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="JsonException">It is none; the message is the second half of a sentence that begins with the option's name.</exception>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (reader.TokenType == JsonTokenType.String ? HandlerOptions.ParseDuration(reader.GetString()!) : null)
        ?? throw new JsonException("must be a duration such as \"90s\", \"5m\" or \"2h\"");

    /// <summary>Writes it in milliseconds.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="value">The duration; parts of a millisecond are lost.</param>
    /// <param name="options">Not looked at.</param>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(long)value.TotalMilliseconds}ms"));
    }
}
