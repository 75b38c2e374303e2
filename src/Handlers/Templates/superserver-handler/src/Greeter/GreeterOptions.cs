using System.Text.Json.Serialization;
using SuperServer.Handlers;

namespace Greeter;

/// <summary>What the administrator may write in [service.greeter.options]. A name or a type that is not here is a mistake, and is told.</summary>
internal sealed record GreeterOptions
{
    public string Greeting { get; set; } = "Hello";

    /// <summary>How long a client may take to say its name.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>How they are read: written by the compiler, so that one native file can do it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DurationConverter)])]
[JsonSerializable(typeof(GreeterOptions))]
internal sealed partial class GreeterOptionsJson : JsonSerializerContext;
