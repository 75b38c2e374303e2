using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Mailer;

/// <summary>What one read of a segment gave, and where the next one begins.</summary>
/// <param name="Records">The sound records, in the order of the file.</param>
/// <param name="Damaged">Lines that were no records: torn, altered, too long.</param>
/// <param name="Cursor">Where to go on.</param>
internal sealed record Batch(IReadOnlyList<AlertRecord> Records, int Damaged, SegmentCursor Cursor);

/// <summary>How far a segment has been taken in.</summary>
internal sealed record SegmentCursor(string Lane, long Inode, long Born)
{
    public long Position { get; init; }

    /// <summary>Within an overlong line whose end has not come yet.</summary>
    public bool Skipping { get; init; }
}
