namespace SuperServer.Configuration;

/// <summary>The workers of a <see cref="ServiceMode.Pool"/> service.</summary>
internal sealed record PoolSettings
{
    /// <summary>Workers alive at once, at most.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Connections that one worker has at once, at most.</summary>
    public int MaxConcurrent { get; init; } = 64;

    /// <summary>How long a worker without a connection is kept.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After so many connections a worker gets no more, and ends with its last one; 0 for never.</summary>
    public int Recycle { get; init; } = 10_000;
}
