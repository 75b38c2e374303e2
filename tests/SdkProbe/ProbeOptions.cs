using System.Text.Json.Serialization;

namespace SuperServer.Handlers.Tests.Probing;

/// <summary>What the probe is to do.</summary>
public sealed record ProbeOptions
{
    public required string Do { get; set; }

    public int Code { get; set; }

    public TimeSpan Pause { get; set; }
}

[JsonSerializable(typeof(ProbeOptions))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DurationConverter)])]
internal sealed partial class ProbeJson : JsonSerializerContext;
