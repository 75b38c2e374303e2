using System.Net;
using Microsoft.Data.Sqlite;

namespace SuperServer.Handlers.Mailer;

/// <summary>What waits to be mailed, counted by SQLite so that a million events need no more of our memory than one.</summary>
internal sealed partial class Store
{
    private const int MostServices = 20;
    private const int MostSources = 20;
    private const int MostNotices = 10;
    private const int MostHosts = 100;
    private const int MostRows = 10_000;

    /// <summary>At least one connection waits that deserves a mail.</summary>
    public bool HasPending => HasPendingOf(StreamClass.Outside) || HasPendingOf(StreamClass.Inside);

    public bool HasPendingOf(StreamClass streamClass) =>
        Number(
            "SELECT 1 FROM event WHERE class = $1 AND seq > $2 AND ignored = 0 LIMIT 1",
            StreamClasses.Name(streamClass), Counter(Composed)) is not null
        || HasPendingCoarse(streamClass);

    /// <summary>The last event that is in a mail.</summary>
    public long LastComposed => Counter(Composed);

    /// <summary>Everything that no mail has told yet.</summary>
    /// <param name="withRows">Every event besides, for the attachment.</param>
    public Summary Pending(bool withRows = false)
    {
        var first = Counter(Composed) + 1;
        var last = Counter(NextSequence) is var next and > 0 ? next - 1 : 0;
        var summary = Totals(first, last) with
        {
            Services = Services(first, last),
            Busiest = Busiest(first, last),
            Hosts = Hosts(first, last),
            CountedOnly = PendingCoarse(),
            Damaged = Counter(Damaged),
            Unfamiliar = Counter(Unfamiliar),
            Notices = PendingNotices(),
            Outage = PendingOutage(),
            LostMails = PendingLostMails(),
            Rows = withRows ? Rows(first, last) : [],
        };
        return Spanning(summary.Connections == 1 ? summary with { Only = OnlyEvent(first, last) } : summary);
    }

    private Summary Totals(long first, long last) => Of(
        """
        SELECT count(*), coalesce(sum(ignored), 0), count(DISTINCT CASE ignored WHEN 0 THEN coalesce(src, '') END),
            coalesce(min(CASE ignored WHEN 0 THEN at END), 0), coalesce(max(CASE ignored WHEN 0 THEN at END), 0),
            coalesce(sum(CASE WHEN ignored = 0 AND class = 'inside' THEN 1 END), 0)
        FROM event WHERE seq BETWEEN $1 AND $2
        """).Rows(
            row => new Summary
            {
                First = first,
                Last = last,
                Held = row.GetInt64(0),
                Ignored = row.GetInt64(1),
                Sources = row.GetInt64(2),
                Began = Instant(row, 3),
                Ended = Instant(row, 4),
                Inside = row.GetInt64(5),
                Services = [],
                Busiest = [],
            },
            first, last)[0];

    // From the first to the last of what is described, or of what is only counted when there is nothing else.
    private static Summary Spanning(Summary summary) => (summary.Connections, summary.CountedOnly) switch
    {
        (_, []) => summary,
        (0, var lines) => summary with { Began = lines.Min(line => line.From), Ended = lines.Max(line => line.To) },
        (_, var lines) => summary with
        {
            Began = lines.Select(line => line.From).Append(summary.Began).Min(),
            Ended = lines.Select(line => line.To).Append(summary.Ended).Max(),
        },
    };

    /// <summary>The addresses of the newest touches that wait, for asking their names ahead of the mail.</summary>
    public List<IPAddress> NewestSources(int count) =>
    [
        .. Of("SELECT src FROM event WHERE seq > $1 AND ignored = 0 AND src IS NOT NULL ORDER BY seq DESC LIMIT $2")
            .Rows(row => Address(row, 0), Counter(Composed), count).OfType<IPAddress>().Distinct(),
    ];

    private List<ServiceLine> Services(long first, long last, int most = MostServices) => Of(
        """
        SELECT service, proto, dst_port, count(*), count(DISTINCT coalesce(src, ''))
        FROM event WHERE seq BETWEEN $1 AND $2 AND ignored = 0
        GROUP BY service, proto, dst_port ORDER BY 4 DESC, 1, 3 LIMIT $3
        """).Rows(
            row => new ServiceLine(row.GetString(0), row.GetString(1), Port(row, 2), row.GetInt64(3), row.GetInt64(4)),
            first, last, most);

    private List<SourceLine> Busiest(long first, long last, int most = MostSources) => Of(
        """
        SELECT src, count(*), min(at), max(at), max(first)
        FROM event WHERE seq BETWEEN $1 AND $2 AND ignored = 0
        GROUP BY src ORDER BY 2 DESC, 3, 1 LIMIT $3
        """).Rows(
            row => new SourceLine(Address(row, 0), row.GetInt64(1), Instant(row, 2), Instant(row, 3), Bytes(row, 4)),
            first, last, most);

    private List<HostLine> Hosts(long first, long last) => Of(
        """
        SELECT host, count(*) FROM event WHERE seq BETWEEN $1 AND $2 AND ignored = 0 AND host IS NOT NULL
        GROUP BY host ORDER BY 2 DESC, 1 LIMIT $3
        """).Rows(row => new HostLine(row.GetString(0), row.GetInt64(1)), first, last, MostHosts);

    private AlertEvent OnlyEvent(long first, long last) => Of(
        """
        SELECT ref, service, proto, src, class, dst, dst_port, at, action, duration, why, bytes_in, first
        FROM event WHERE seq BETWEEN $1 AND $2 AND ignored = 0 LIMIT 1
        """).Rows(
            row => new AlertEvent
            {
                Reference = row.GetString(0),
                Service = row.GetString(1),
                Protocol = row.GetString(2),
                Source = Address(row, 3),
                IsNear = row.GetString(4) == "inside",
                Target = Address(row, 5),
                Port = Port(row, 6),
                At = Instant(row, 7),
                Action = row.GetString(8),
                Ending = row.IsDBNull(9)
                    ? null
                    : new Ending(TimeSpan.FromMilliseconds(row.GetInt64(9)), row.GetString(10), row.GetInt64(11), Bytes(row, 12)),
            },
            first, last)[0];

    private List<AlertRow> Rows(long first, long last) => Of(
        """
        SELECT seq, at, src, src_port, service, proto, dst_port, action, ref, first
        FROM event WHERE seq BETWEEN $1 AND $2 AND ignored = 0 ORDER BY seq LIMIT $3
        """).Rows(
            row => new AlertRow
            {
                Sequence = row.GetInt64(0),
                At = Instant(row, 1),
                Source = Address(row, 2),
                SourcePort = Port(row, 3),
                Service = row.GetString(4),
                Protocol = row.GetString(5),
                Port = Port(row, 6),
                Action = row.GetString(7),
                Reference = row.GetString(8),
                Bytes = Bytes(row, 9),
            },
            first, last, MostRows);

    private List<string> PendingNotices() =>
        Of("SELECT text FROM notice WHERE outbox IS NULL ORDER BY id LIMIT $1").Rows(row => row.GetString(0), MostNotices);

    private static IPAddress? Address(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : IPAddress.Parse(row.GetString(column));

    private static int? Port(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    private static DateTimeOffset Instant(SqliteDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static byte[] Bytes(SqliteDataReader row, int column) => row.IsDBNull(column) ? [] : row.GetFieldValue<byte[]>(column);
}
