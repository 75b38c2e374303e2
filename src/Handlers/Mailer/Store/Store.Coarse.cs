using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Data.Sqlite;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Connections that are counted and not described: shed by the daemon, counted in a lane's overflow file while its disk was full, or
/// beyond what we keep untold. They have no numbers of their own; each is in exactly one mail all the same.
/// </summary>
internal sealed partial class Store
{
    /// <summary>What may wait to be told, about 64 MiB of it: while mail is down for days, the rest is counted.</summary>
    public const int MostUntold = 200_000;

    private const string CoarseTotal = "coarse";
    private const string Told = "told";
    private const string ToldIgnored = "told_ignored";
    private const string Shed = "shed";
    private const string FullDisk = "overflow";
    private const string TooMany = "limit";

    // A count in a file that others write: more than this at once is no count.
    private const long MostAtOnce = 10_000_000;
    private const int MostCoarseLines = 20;

    /// <summary>
    /// Takes in what a lane's overflow counters have grown by, together with how far they are read. A counter that went backwards is
    /// that of a new file, or a forged one; one that jumps absurdly is cut. Both are said in the next mail.
    /// </summary>
    public Taken TakeIn(string lane, IReadOnlyList<OverflowCount> counts, Func<IReadOnlyCollection<IPAddress>, StreamClass> classOf)
    {
        var taken = new Taken();
        Together(() =>
        {
            foreach (var count in counts)
            {
                if (Growth(lane, count) is var growth and > 0)
                {
                    var streamClass = classOf([.. count.Sources]);
                    Merge(FullDisk, lane, count.Service, "disk full", streamClass, growth, count.Last);
                    Chronicle(new CountedRecord(count.Service, "disk full", streamClass, growth, count.Last, count.Last));
                    taken.AddCounted(streamClass, count.Last, growth);
                }
            }
        });
        return taken;
    }

    /// <summary>A sentence for the next mail, once, however often it becomes true again before that.</summary>
    public void NoteOnce(string text) => Run(
        "INSERT INTO notice (at, text) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM notice WHERE outbox IS NULL AND text = $2)",
        Now, text);

    private long Growth(string lane, OverflowCount count)
    {
        var seen = Number("SELECT seen FROM overflow WHERE lane = $1 AND service = $2", lane, count.Service) ?? 0;
        if (count.Total == seen)
        {
            return 0;
        }

        Run(
            """
            INSERT INTO overflow (lane, service, seen) VALUES ($1, $2, $3)
            ON CONFLICT (lane, service) DO UPDATE SET seen = excluded.seen
            """,
            lane, count.Service, count.Total);
        var growth = count.Total - (count.Total < seen ? 0 : seen);
        if (count.Total < seen || growth > MostAtOnce)
        {
            NoteOnce($"The overflow counter of {Clean.Text(count.Service, 40)} in spool lane {lane} "
                + (count.Total < seen ? "went backwards: its file was made anew, or altered." : "jumped beyond belief; it is cut."));
        }

        return Math.Clamp(growth, 0, MostAtOnce);
    }

    // Its id makes reading it twice harmless, as a touch's does.
    private void TakeIn(ShedRecord shed, string lane, StreamClass streamClass, Taken taken)
    {
        var connections = Math.Min(shed.Connections, MostAtOnce);
        if (AddCoarse(shed.Id, Shed, lane, streamClass, shed.Service, shed.Why, connections, Math.Max(0, shed.Sources),
            shed.From, shed.To, Json(shed.Busiest)))
        {
            Chronicle(new CountedRecord(shed.Service, shed.Why, streamClass, connections, shed.From, shed.To)
            {
                Id = shed.Id,
                Host = shed.Host,
                Machine = shed.Machine,
                Sources = Math.Max(0, shed.Sources),
                Busiest = shed.Busiest,
            });
            taken.AddCounted(streamClass, shed.To, connections);
        }

        if (shed.Connections > MostAtOnce)
        {
            NoteOnce($"A record of spool lane {lane} counts more connections than can be believed; it is cut.");
        }
    }

    /// <summary>Adds to the row of the same kind that no mail has told yet, or begins one.</summary>
    private void Merge(
        string kind, string lane, string service, string why, StreamClass streamClass, long connections, DateTimeOffset at)
    {
        var merged = Run(
            """
            UPDATE coarse SET connections = connections + $6, began = min(began, $7), ended = max(ended, $7)
            WHERE outbox IS NULL AND class = $5 AND kind = $1 AND lane = $2 AND service = $3 AND why = $4
            """,
            kind, lane, service, why, StreamClasses.Name(streamClass), connections, at.ToUnixTimeMilliseconds());
        if (merged == 0)
        {
            AddCoarse(Guid.NewGuid().ToString("N"), kind, lane, streamClass, service, why, connections, 0, at, at, "[]");
        }
        else
        {
            SetCounter(CoarseTotal, Counter(CoarseTotal) + connections);
        }
    }

    private bool AddCoarse(
        string id, string kind, string lane, StreamClass streamClass, string service, string why, long connections, int sources,
        DateTimeOffset from, DateTimeOffset to, string busiest)
    {
        var added = Run(
            """
            INSERT INTO coarse (id, kind, lane, class, service, why, connections, sources, began, ended, busiest, taken_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING
            """,
            id, kind, lane, StreamClasses.Name(streamClass), service, why, connections, sources,
            from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), busiest, Now) == 1;
        if (added)
        {
            SetCounter(CoarseTotal, Counter(CoarseTotal) + connections);
        }

        return added;
    }

    private bool HasPendingCoarse(StreamClass streamClass) =>
        Number("SELECT 1 FROM coarse WHERE outbox IS NULL AND class = $1 LIMIT 1", StreamClasses.Name(streamClass)) is not null;

    // Services are names that a lane's writers chose: the busiest are named, and the sum is exact all the same.
    private List<CoarseLine> PendingCoarse()
    {
        var lines = Of(
            """
            SELECT service, why, sum(connections), sum(sources), min(began), max(ended)
            FROM coarse WHERE outbox IS NULL GROUP BY service, why ORDER BY 3 DESC, 1, 2 LIMIT $1
            """).Rows(Line, MostCoarseLines);
        var all = Of(
            """
            SELECT 'others', 'various', coalesce(sum(connections), 0), coalesce(sum(sources), 0), coalesce(min(began), 0),
                coalesce(max(ended), 0)
            FROM coarse WHERE outbox IS NULL
            """).Rows(Line)[0];
        var rest = all with
        {
            Connections = all.Connections - lines.Sum(line => line.Connections),
            Sources = all.Sources - lines.Sum(line => line.Sources),
        };
        return rest.Connections == 0 ? lines : [.. lines, rest];
    }

    private static CoarseLine Line(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), Instant(row, 4), Instant(row, 5));

    /// <summary>Part of composing: the coarse rows belong to this mail now, and all that it tells is added up.</summary>
    private void TellCoarse(long? outbox, Summary summary)
    {
        var told = summary.Connections + summary.CountedOnly.Sum(line => line.Connections);
        Run("UPDATE coarse SET outbox = $1 WHERE outbox IS NULL", outbox);
        Run("UPDATE outbox SET connections = $2 WHERE id = $1", outbox, told);
        SetCounter(Told, Counter(Told) + told);
        SetCounter(ToldIgnored, Counter(ToldIgnored) + summary.Ignored);
    }

    // By hand: a list of pairs needs no serializer.
    private static string Json(IReadOnlyList<(IPAddress Address, long Connections)> busiest)
    {
        var json = new StringBuilder("[");
        foreach (var (address, connections) in busiest)
        {
            json.Append(json.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"[\"{address}\",{connections}]");
        }

        return json.Append(']').ToString();
    }
}
