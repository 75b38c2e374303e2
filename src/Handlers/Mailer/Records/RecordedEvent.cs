using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>A numbered event as the collectors of records are told it.</summary>
internal sealed record RecordedEvent
{
    public required long Sequence { get; init; }

    public required string Id { get; init; }

    public required string Reference { get; init; }

    public string? Connection { get; init; }

    /// <summary>Where it was recorded; null in stores that an older version began.</summary>
    public string? Host { get; init; }

    public string? Machine { get; init; }

    public required string Service { get; init; }

    public required string Protocol { get; init; }

    public IPAddress? Source { get; init; }

    public int? SourcePort { get; init; }

    public IPAddress? Target { get; init; }

    public int? Port { get; init; }

    /// <summary>Ours, or a stranger: by the networks that the administrator calls his own.</summary>
    public required StreamClass Class { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Action { get; init; }

    public required bool IsIgnored { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    public RecordedEnd? End { get; init; }
}

/// <summary>How an event ended.</summary>
internal sealed record RecordedEnd(TimeSpan Duration, string Why, long BytesOut, long BytesIn, byte[] First);

/// <summary>Connections that are only counted: shed by the daemon, met by a full disk, or beyond what is kept.</summary>
internal sealed record CountedRecord(
    string Service, string Why, StreamClass Class, long Connections, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>That of the record, where there was one.</summary>
    public string Id { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>Null: this one.</summary>
    public string? Host { get; init; }

    public string? Machine { get; init; }

    /// <summary>From how many addresses; 0 when nobody knows.</summary>
    public int Sources { get; init; }

    public IReadOnlyList<(IPAddress Address, long Connections)> Busiest { get; init; } = [];
}

/// <summary>The host that a mailer speaks for: its name, which people choose, and its id, which stays.</summary>
internal sealed record House(string Host, string? Machine);

/// <summary>A finished line for the collectors of records, and its number.</summary>
internal sealed record RecordLine(long Number, string Json);
