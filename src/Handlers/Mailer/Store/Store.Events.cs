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

    // A port that nobody touched for so long is news when somebody does.
    private static readonly TimeSpan _newsAfter = TimeSpan.FromDays(7);

    /// <summary>Takes in a batch, as told; each visitor counts as what the record says he is.</summary>
    public Taken TakeIn(Batch batch) => TakeIn(batch, Visitors.Anybody, TimeSpan.FromDays(1));

    /// <summary>Takes in a batch; what was new in it. Reading a batch again changes nothing.</summary>
    /// <param name="batch">What was read, and where the next one begins.</param>
    /// <param name="visitors">Who is inside, and who is ignored.</param>
    /// <param name="calm">A source from inside that was in no mail for so long is news.</param>
    public Taken TakeIn(Batch batch, Visitors visitors, TimeSpan calm)
    {
        var taken = new Taken();
        Together(() =>
        {
            taken = new Taken();
            _beyond.Clear();
            var next = Counter(NextSequence) is var counted and > 0 ? counted : 1;
            var last = Counter(Composed) + MostUntold;
            var ports = new HashSet<(string, int)>();
            foreach (var touch in batch.Records.OfType<TouchRecord>())
            {
                var verdict = visitors.Judge(touch);
                if (next > last)
                {
                    CountOnly(touch, batch.Cursor.Lane, verdict.Class, taken);
                }
                else if (Insert(next, touch, batch.Cursor.Lane, verdict))
                {
                    next++;
                    Weigh(touch, verdict, calm, ports, taken);
                }
            }

            SetCounter(NextSequence, next);
            TakeInTheRest(batch, visitors, taken);
        });
        return taken;
    }

    private void TakeInTheRest(Batch batch, Visitors visitors, Taken taken)
    {
        foreach (var end in batch.Records.OfType<EndRecord>())
        {
            Complete(end);
        }

        foreach (var shed in batch.Records.OfType<ShedRecord>())
        {
            TakeIn(shed, batch.Cursor.Lane, visitors.ClassOf([.. shed.Busiest.Select(source => source.Address)]), taken);
        }

        CountAside(batch);
        ChronicleBeyond();
        MoveTo(batch.Cursor);
    }

    private void CountOnly(TouchRecord touch, string lane, StreamClass streamClass, Taken taken)
    {
        if (Number("SELECT 1 FROM event WHERE id = $1", touch.Id) is null)
        {
            Merge(TooMany, lane, touch.Service, "too many untold", streamClass, 1, touch.At);
            ChronicleLater(touch, streamClass);
            taken.AddCounted(streamClass, touch.At, 1);
        }
    }

    private bool Insert(long seq, TouchRecord touch, string lane, Verdict verdict)
    {
        var inserted = Run(
            """
            INSERT INTO event (seq, id, lane, ref, conn, service, proto, src, src_port, net, dst, dst_port, at, peer, action,
                ignored, taken_at, class, host, machine, monotonic, boot)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
            ON CONFLICT (id) DO NOTHING
            """,
            seq, touch.Id, lane, touch.Reference, touch.Connection, touch.Service, touch.Protocol,
            touch.Source.Address?.ToString(), touch.Source.Port, Neighbourhoods.Name(touch.Source.Net),
            touch.Target.Address?.ToString(), touch.Target.Port,
            touch.At.ToUnixTimeMilliseconds(), touch.PeerFrom, touch.Action, verdict.IsIgnored ? 1 : 0, Now,
            StreamClasses.Name(verdict.Class), touch.Host, touch.Machine, touch.Monotonic, touch.Boot) == 1;
        if (inserted)
        {
            TieLooseEnd(touch.Id);
        }

        return inserted;
    }

    private void Weigh(TouchRecord touch, Verdict verdict, TimeSpan calm, HashSet<(string, int)> ports, Taken taken)
    {
        if (!verdict.IsIgnored)
        {
            var isNews = ports.Add((touch.Service, touch.Target.Port ?? 0)) && IsNewPort(touch);
            isNews |= verdict.Class == StreamClass.Inside && IsNewSource(touch, calm);
            taken.AddTouch(verdict.Class, touch.At, isNews);
        }
    }

    private bool IsNewPort(TouchRecord touch)
    {
        var port = touch.Target.Port ?? 0;
        var last = Number("SELECT at FROM port_touch WHERE service = $1 AND port = $2", touch.Service, port);
        Run(
            "INSERT INTO port_touch (service, port, at) VALUES ($1, $2, $3) ON CONFLICT (service, port) DO UPDATE SET at = excluded.at",
            touch.Service, port, Now);
        return last is null || last < Before(_newsAfter);
    }

    // The touch before this one: while it waits to be told it has hurried the mail already, and if it was told it counts from its mail.
    private bool IsNewSource(TouchRecord touch, TimeSpan calm)
    {
        var before = Of("SELECT seq FROM event WHERE src IS $1 AND ignored = 0 ORDER BY seq DESC LIMIT 2")
            .Rows(row => row.GetInt64(0), touch.Source.Address?.ToString());
        return before switch
        {
            [_, var last] when last > Counter(Composed) => false,
            [_, var last] => (Number("SELECT made_at FROM outbox WHERE last_seq >= $1 ORDER BY id LIMIT 1", last) ?? 0) < Before(calm),
            _ => true,
        };
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
        else
        {
            ChronicleLateEnd(end.Id);
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
