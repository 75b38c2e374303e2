using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Mailer;

/// <summary>Taking in: records, and the place in the segment up to which they were read, in one transaction.</summary>
internal sealed partial class Store
{
    private const string NextSequence = "next_seq";
    private const string Composed = "composed";
    private const string Damaged = "damaged";
    private const string Unfamiliar = "unfamiliar";
    private const int MostLooseEnds = 10_000;

    /// <summary>Takes in a batch; the number of touches that were new and not ignored. Reading a batch again changes nothing.</summary>
    public int TakeIn(Batch batch)
    {
        var touches = 0;
        Together(() =>
        {
            var next = Counter(NextSequence) is var counted and > 0 ? counted : 1;
            foreach (var touch in batch.Records.OfType<TouchRecord>())
            {
                if (Insert(next, touch, batch.Cursor.Lane))
                {
                    next++;
                    touches += touch.Ignored ? 0 : 1;
                }
            }

            foreach (var end in batch.Records.OfType<EndRecord>())
            {
                Complete(end);
            }

            SetCounter(NextSequence, next);
            CountAside(batch);
            MoveTo(batch.Cursor);
        });
        return touches;
    }

    private bool Insert(long seq, TouchRecord touch, string lane)
    {
        var inserted = Run(
            """
            INSERT INTO event (seq, id, lane, ref, conn, service, proto, src, src_port, net, dst, dst_port, at, peer, action,
                ignored, taken_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            ON CONFLICT (id) DO NOTHING
            """,
            seq, touch.Id, lane, touch.Reference, touch.Connection, touch.Service, touch.Protocol,
            touch.Source.Address?.ToString(), touch.Source.Port, Neighbourhoods.Name(touch.Source.Net),
            touch.Target.Address?.ToString(), touch.Target.Port,
            touch.At.ToUnixTimeMilliseconds(), touch.PeerFrom, touch.Action, touch.Ignored ? 1 : 0, Now) == 1;
        if (inserted)
        {
            TieLooseEnd(touch.Id);
        }

        return inserted;
    }

    private void Complete(EndRecord end)
    {
        object?[] values =
        [
            end.Id, (long)end.Duration.TotalMilliseconds, end.Why, end.BytesOut, end.BytesIn, end.First.ToArray(), Now,
        ];
        var completed = Run(
            "UPDATE event SET duration = $2, why = $3, bytes_out = $4, bytes_in = $5, first = $6 WHERE id = $1 AND duration IS NULL",
            values.AsSpan(0, 6));
        if (completed == 0)
        {
            Run(
                """
                INSERT INTO loose_end (id, duration, why, bytes_out, bytes_in, first, taken_at)
                SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM event WHERE id = $1)
                ON CONFLICT (id) DO NOTHING
                """,
                values);
        }
    }

    private void TieLooseEnd(string id)
    {
        Run(
            """
            UPDATE event SET (duration, why, bytes_out, bytes_in, first) =
                (SELECT duration, why, bytes_out, bytes_in, first FROM loose_end WHERE id = $1)
            WHERE id = $1 AND EXISTS (SELECT 1 FROM loose_end WHERE id = $1)
            """,
            id);
        Run("DELETE FROM loose_end WHERE id = $1", id);
    }

    private void CountAside(Batch batch)
    {
        if (batch.Damaged > 0)
        {
            SetCounter(Damaged, Counter(Damaged) + batch.Damaged);
        }

        if (batch.Records.OfType<UnfamiliarRecord>().Count() is var unfamiliar and > 0)
        {
            SetCounter(Unfamiliar, Counter(Unfamiliar) + unfamiliar);
        }
    }
}
