using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Carries what was recorded from the spool into the store, batch by batch. It trusts nobody who writes: memory is bounded by the
/// buffer, and every batch is durable before the next is read.
/// </summary>
internal sealed class Intake(SpoolRoot spool, Store store, Visitors visitors, TimeSpan calm, TimeProvider clock)
{
    // So that one round ends, and mail and orders get their turn, however fast somebody writes.
    private const int BatchesPerRound = 64;

    private readonly byte[] _buffer = new byte[4 * LineCutter.LongestLine];
    private readonly Complaints _complaints = new(clock);
    private readonly OverflowIntake _overflow = new(store, visitors);
    private Taken _late = new();

    /// <summary>What the last round met.</summary>
    /// <param name="Taken">What was new.</param>
    /// <param name="More">The round ended before the spool did.</param>
    public readonly record struct Round(Taken Taken, bool More)
    {
        /// <summary>New touches that are not ignored.</summary>
        public int Touches => Taken.Touches;
    }

    public Round TakeIn() => TakeIn(Portion.All);

    public Round TakeIn(Portion portion)
    {
        var taken = _late;
        _late = new Taken();
        var batches = portion switch
        {
            Portion.All => BatchesPerRound,
            Portion.Little => 1,
            _ => 0,
        };
        InEachLane(lane =>
        {
            taken.Add(_overflow.TakeIn(lane));
            if (batches > 0)
            {
                Rotation.Mend(lane);
                foreach (var path in lane.RotatedNumbers().Select(lane.Rotated).Append(lane.Journal))
                {
                    TakeIn(lane, path, taken, ref batches);
                }
            }
        });
        return new Round(taken, portion == Portion.All && batches == 0);
    }

    /// <summary>Rotates what has grown too large or too old, and deletes what has been taken in and rests.</summary>
    public void Tidy(DateTimeOffset now) => InEachLane(lane =>
    {
        TidyRotated(lane, now);
        Rotation.RotateIfDue(lane, now);
    });

    /// <summary>A lane that cannot be read keeps nobody from the others; it is tried again with the next look.</summary>
    private void InEachLane(Action<Lane> work)
    {
        try
        {
            foreach (var lane in spool.Lanes())
            {
                Try(lane, work);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _complaints.Say($"error: the alert spool cannot be read: {error.Message}");
        }
    }

    private void Try(Lane lane, Action<Lane> work)
    {
        try
        {
            work(lane);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _complaints.Say($"error: spool lane {lane.Name}: {error.Message}");
        }
    }

    private void TidyRotated(Lane lane, DateTimeOffset now)
    {
        foreach (var path in lane.RotatedNumbers().Select(lane.Rotated))
        {
            DeleteIfTakenIn(lane, path, now);
        }
    }

    private void DeleteIfTakenIn(Lane lane, string path, DateTimeOffset now)
    {
        using var segment = Segment.Open(path);
        if (segment is null || now - segment.ChangedAt < Rotation.Rest)
        {
            return;
        }

        var cursor = store.CursorOf(lane.Name, segment);
        if (TakeInTail(segment, cursor) is { } end && end.Position >= segment.Size)
        {
            store.Forget(end);
            Rotation.Delete(lane, segment.Path);
        }
    }

    private void TakeIn(Lane lane, string path, Taken taken, ref int batches)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var segment = Segment.Open(path);
        if (segment is null)
        {
            return;
        }

        var cursor = store.CursorOf(lane.Name, segment);
        while (batches > 0 && ReadOn(segment, cursor) is { } batch)
        {
            batches--;
            taken.Add(store.TakeIn(batch, visitors, calm));
            Report(path, batch);
            cursor = batch.Cursor;
        }
    }

    /// <summary>The next batch; null when there is no whole line yet.</summary>
    private Batch? ReadOn(Segment segment, SegmentCursor cursor)
    {
        var length = segment.Read(_buffer, cursor.Position);
        var lines = new List<ReadOnlyMemory<byte>>();
        var cut = LineCutter.Into(lines, _buffer.AsMemory(0, length), cursor.Skipping);
        return cut.Consumed == 0
            ? null
            : Understand(lines, cut.Overlong, cursor with { Position = cursor.Position + cut.Consumed, Skipping = cut.Skipping });
    }

    /// <summary>
    /// The end of a segment that nobody writes any more: what has no line end now will never get one. It may still be a whole
    /// record. Null when there is more than a line of it, which is for the next round.
    /// </summary>
    private SegmentCursor? TakeInTail(Segment segment, SegmentCursor cursor)
    {
        var left = segment.Size - cursor.Position;
        if (left is 0 or > LineCutter.LongestLine)
        {
            return left == 0 ? cursor : null;
        }

        var length = segment.Read(_buffer.AsSpan(0, (int)left), cursor.Position);
        var tail = _buffer.AsMemory(0, length);
        if (tail.Span.Contains((byte)'\n'))
        {
            return null;
        }

        var batch = Understand([tail], 0, cursor with { Position = cursor.Position + length, Skipping = false });
        _late.Add(store.TakeIn(batch, visitors, calm));
        Report(segment.Path, batch);
        return batch.Cursor;
    }

    private static Batch Understand(List<ReadOnlyMemory<byte>> lines, int overlong, SegmentCursor cursor)
    {
        var records = lines.Select(AlertReader.Read).OfType<AlertRecord>().ToList();
        return new Batch(records, lines.Count - records.Count + overlong, cursor);
    }

    private void Report(string path, Batch batch)
    {
        if (batch.Damaged > 0 && _complaints.MaySay(path))
        {
            Log.Say($"warning: {path} has damaged lines, the first before byte {batch.Cursor.Position}; the next mail counts them");
        }
    }
}
