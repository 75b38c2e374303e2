namespace SuperServer.Handlers.Alerts;

/// <summary>How the connection of an earlier touch ended. A crash may cost it; the touch stands without it.</summary>
internal sealed record EndRecord : AlertRecord
{
    public const string Kind = "end";

    /// <summary>From the touch to the close, in whole milliseconds on the wire.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// <c>peer-closed</c>, <c>peer-reset</c>, <c>drained</c>, <c>timeout</c>, <c>limit</c>; <c>reset</c> by us; <c>stopped</c>: the handler ended.
    /// </summary>
    public required string Why { get; init; }

    public required long BytesOut { get; init; }

    public required long BytesIn { get; init; }

    /// <summary>The first bytes the client sent, at most <see cref="MaxFirst"/>: hostile, to be escaped wherever they are shown.</summary>
    public ReadOnlyMemory<byte> First { get; init; }

    public const int MaxFirst = 256;
}
