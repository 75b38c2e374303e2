using System.Text.Json.Serialization;

namespace SuperServer.Handlers.Samples;

/// <summary>The table <c>[service.NAME.options]</c>. Its properties have <c>set</c>: with <c>init</c> the generated reader loses the defaults.</summary>
internal sealed record GuestBookOptions
{
    /// <summary>The file that holds the entries; the service's user must be able to append to it.</summary>
    public required string Path { get; set; }

    /// <summary>How many entries a guest gets to read.</summary>
    public int Show { get; set; } = 5;

    /// <summary>How long a guest may think.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);
}

/// <summary>Reads them without reflection, so that the program can be compiled ahead of time.</summary>
[JsonSerializable(typeof(GuestBookOptions))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DurationConverter)])]
internal sealed partial class GuestBookJson : JsonSerializerContext;
