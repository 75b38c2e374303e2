namespace SuperServer.Handlers.Mailer;

/// <summary>How far each segment has been taken in.</summary>
internal sealed partial class Store
{
    /// <summary>Where to go on in this file; at its beginning when it is new, or another file than the one with that number before.</summary>
    public SegmentCursor CursorOf(string lane, Segment segment)
    {
        var start = new SegmentCursor(lane, segment.Inode, segment.Born);
        var known = Of("SELECT born, position, skipping FROM segment_cursor WHERE lane = $1 AND inode = $2").Rows(
            row => start with { Born = row.GetInt64(0), Position = row.GetInt64(1), Skipping = row.GetInt64(2) != 0 },
            lane, segment.Inode);
        return known is [var cursor] && cursor.Born == segment.Born && cursor.Position <= segment.Size ? cursor : start;
    }

    /// <summary>
    /// Called before the file is deleted. A crash in between makes us read it again, which changes nothing; the other order could
    /// leave a position that a later file of the same number would begin at.
    /// </summary>
    public void Forget(SegmentCursor cursor) =>
        Run("DELETE FROM segment_cursor WHERE lane = $1 AND inode = $2", cursor.Lane, cursor.Inode);

    private void MoveTo(SegmentCursor cursor) =>
        Run(
            """
            INSERT INTO segment_cursor (lane, inode, born, position, skipping) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (lane, inode) DO UPDATE SET born = excluded.born, position = excluded.position, skipping = excluded.skipping
            """,
            cursor.Lane, cursor.Inode, cursor.Born, cursor.Position, cursor.Skipping ? 1 : 0);
}
