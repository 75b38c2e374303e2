namespace SuperServer.Admitting;

/// <summary>A count that is closed, and waits to be recorded.</summary>
internal sealed record ShedBatch
{
    /// <summary>What the task is told that records it.</summary>
    public required string Json { get; init; }

    /// <summary>How many visitors it counts.</summary>
    public required long Connections { get; init; }
}
