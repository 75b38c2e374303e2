namespace SuperServer.Control;

/// <summary>How one service stands at this moment, as plain values: for the log, the control socket and whoever asks.</summary>
internal sealed record ServiceReport
{
    public required string Name { get; init; }

    /// <summary>"online", "paused" …</summary>
    public required string State { get; init; }

    /// <summary>Why it is in that state; null when there is nothing to explain.</summary>
    public string? Why { get; init; }

    /// <summary>How many seconds the state still lasts; null when no time is set.</summary>
    public double? Seconds { get; init; }

    /// <summary>"nowait", "wait" or "pool", and what comes before it: "proxy+tls+pool"; "tcpmux" for tcpmux itself.</summary>
    public required string Mode { get; init; }

    /// <summary>Where it listens, or would.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>Connections that are being served.</summary>
    public required int Connections { get; init; }

    /// <summary>Connections that are in the vestibule: with a header that is not complete, a handshake, a name not yet said.</summary>
    public int Visiting { get; init; }

    /// <summary>The limit that this number is measured by.</summary>
    public required double MaxConnections { get; init; }

    /// <summary>Children that live.</summary>
    public required IReadOnlyList<ChildReport> Children { get; init; }

    /// <summary>Connections and servers ever started.</summary>
    public required long Served { get; init; }

    /// <summary>Clients ever turned away.</summary>
    public required long Refused { get; init; }
}

/// <summary>A child that lives, or a connection of a worker.</summary>
internal sealed record ChildReport
{
    public required string Connection { get; init; }

    public required int Pid { get; init; }

    /// <summary>The client's address; null for wait servers and workers.</summary>
    public string? Peer { get; init; }

    /// <summary>How old it is, in seconds.</summary>
    public required double Age { get; init; }
}
