using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The answers of the commands as JSON, without reflection. Their form is a promise (docs/alerts.md): a member may be added, none is
/// renamed, and each is always there, null when there is nothing to say.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(InstantJson)], UseStringEnumConverter = true)]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(QueueAnswer))]
[JsonSerializable(typeof(MailAnswer))]
[JsonSerializable(typeof(OrderAnswer))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(ReportAnswer))]
[JsonSerializable(typeof(TestAnswer))]
[JsonSerializable(typeof(TripAnswer))]
[JsonSerializable(typeof(WhyAnswer))]
internal sealed partial class AnswersJson : JsonSerializerContext;

/// <summary>Instants in UTC, to the millisecond: <c>2026-11-22T23:28:47.103Z</c>.</summary>
internal sealed class InstantJson : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}

/// <summary>What every answer begins with.</summary>
internal abstract record Answer
{
    /// <summary>Of the form; another one would be incompatible.</summary>
    [JsonPropertyOrder(-1)]
    public int Version { get; init; } = 1;
}
