namespace SuperServer.Configuration;

/// <summary>What becomes of a client who comes when there is no room for it.</summary>
internal enum Overflow
{
    /// <summary>It waits in the kernel's backlog: the daemon does not accept until a place is free.</summary>
    Queue,

    /// <summary>It is accepted and closed.</summary>
    Close,

    /// <summary>It is accepted and reset.</summary>
    Reset,

    /// <summary>It is told <see cref="ServiceLimits.BannerRefused"/> and closed.</summary>
    Message,
}

/// <summary>How many clients a service takes, how fast, and what the others see.</summary>
internal sealed record ServiceLimits
{
    /// <summary>Connections served at once.</summary>
    public Limit MaxConnections { get; init; } = new(256, null);

    /// <summary>Connections of one source served at once; null for any number.</summary>
    public Limit? MaxPerSource { get; init; }

    /// <summary>How fast clients are taken, all sources together.</summary>
    public Rate? Rate { get; init; }

    /// <summary>How fast clients of one source are taken.</summary>
    public Rate? RatePerSource { get; init; }

    /// <summary>Nobody is taken while the load average of the last minute (getloadavg(3)) is above this.</summary>
    public Limit? MaxLoad { get; init; }

    public SourcePrefix SourcePrefix { get; init; } = SourcePrefix.Usual;

    public Overflow Overflow { get; init; } = Overflow.Queue;

    /// <summary>Sent to a client who is let in, before its program starts.</summary>
    public string? Banner { get; init; }

    /// <summary>Sent to a client who is turned away.</summary>
    public string? BannerRefused { get; init; }

    /// <summary>For how long whoever touches this service is barred from all services; null for not at all.</summary>
    public TimeSpan? Sensor { get; init; }

    /// <summary>For how long a client is barred whose program ends with exit code 77 (EX_NOPERM of sysexits.h).</summary>
    public TimeSpan? Penalty { get; init; }
}
