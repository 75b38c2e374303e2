using System.Text.Json;
using System.Text.Json.Serialization;

namespace SuperServer.Control;

/// <summary>What is asked over the control socket: one JSON object on a line.</summary>
internal sealed record Request
{
    public const int CurrentVersion = 1;

    /// <summary>Of the language spoken here. An answer to a version that is not known is a refusal.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>"status", "bars", "lift", "pause", "resume" or "drain".</summary>
    public required string Verb { get; init; }

    /// <summary>A service's name, or the address whose bar is lifted.</summary>
    public string? Subject { get; init; }
}

/// <summary>What is answered: one JSON object on a line.</summary>
internal sealed record Answer
{
    public int Version { get; init; } = Request.CurrentVersion;

    /// <summary>Why it was not done; null when it was.</summary>
    public string? Error { get; init; }

    public IReadOnlyList<ServiceReport>? Services { get; init; }

    public IReadOnlyList<BarReport>? Bars { get; init; }

    /// <summary>How many bars were lifted.</summary>
    public int? Lifted { get; init; }

    public static Answer Failed(string why) => new() { Error = why };
}

/// <summary>A source that is let in nowhere.</summary>
internal sealed record BarReport
{
    /// <summary>"192.0.2.7/32", "2001:db8:1:2::/64", or "uid:1000".</summary>
    public required string Source { get; init; }

    public required DateTimeOffset Until { get; init; }

    /// <summary>How often it has offended lately.</summary>
    public required int Strikes { get; init; }

    /// <summary>The service that barred it.</summary>
    public required string By { get; init; }
}

/// <summary>Both as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Request))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>The request, or null when the line is none.</summary>
    public static Request? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, Default.Request);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
