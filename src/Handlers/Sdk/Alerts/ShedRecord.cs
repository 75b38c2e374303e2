using System.Net;

namespace SuperServer.Handlers.Alerts;

/// <summary>
/// Visitors whom the daemon turned away before the tripwire could see them, counted together: a flood coarsens what is known, and
/// loses no count.
/// </summary>
internal sealed record ShedRecord : AlertRecord
{
    public const string Kind = "shed";

    /// <summary>How many sources <see cref="Busiest"/> names at most.</summary>
    public const int MaxBusiest = 10;

    public required string Host { get; init; }

    /// <summary>The host's stable id, 16 hexadecimal digits; null where nobody knew it.</summary>
    public string? Machine { get; init; }

    public required string Service { get; init; }

    /// <summary>How many connections; at least 1.</summary>
    public required long Connections { get; init; }

    /// <summary>From how many addresses, as far as they were told apart.</summary>
    public required int Sources { get; init; }

    /// <summary>The first and the last of them, UTC, to the millisecond.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>The limit that turned them away, in the words of the configuration: <c>rate</c>, <c>max_connections</c>, <c>resources</c>, …</summary>
    public required string Why { get; init; }

    /// <summary>The busiest sources first, with their counts.</summary>
    public required IReadOnlyList<(IPAddress Address, long Connections)> Busiest { get; init; }
}
