using System.Net;
using Microsoft.Data.Sqlite;

namespace SuperServer.Handlers.Mailer;

/// <summary>Looking back, for the commands: events by their numbers or their time, whether mails have told them or not.</summary>
internal sealed partial class Store
{
    private const int MostMailsAbout = 1000;

    /// <summary>A store in memory, with nothing in it: what a mailer that was never started would have.</summary>
    public static Store Empty(TimeProvider clock) => new(":memory:", clock);

    /// <summary>What happened since then, and what was only counted.</summary>
    public Summary Since(DateTimeOffset since, int most = MostSources)
    {
        var last = NewestSequence;
        var first = Number("SELECT min(seq) FROM event WHERE at >= $1", since.ToUnixTimeMilliseconds()) ?? last + 1;
        return Looked(first, last, most, Of(
            """
            SELECT service, why, sum(connections), sum(sources), min(began), max(ended)
            FROM coarse WHERE ended >= $1 GROUP BY service, why ORDER BY 3 DESC, 1, 2 LIMIT $2
            """).Rows(Line, since.ToUnixTimeMilliseconds(), MostCoarseLines));
    }

    /// <summary>The events of these numbers, as far as there are such, and what the mails about them only counted.</summary>
    public Summary Between(long first, long last, int most)
    {
        last = Math.Min(last, NewestSequence);
        return Looked(first, last, most, Of(
            """
            SELECT service, why, sum(coarse.connections), sum(sources), min(began), max(ended)
            FROM coarse JOIN outbox ON outbox.id = coarse.outbox
            WHERE first_seq <= $2 AND last_seq >= $1 GROUP BY service, why ORDER BY 3 DESC, 1, 2 LIMIT $3
            """).Rows(Line, first, last, MostCoarseLines));
    }

    /// <summary>The mails that tell some of these events, the oldest first.</summary>
    public List<MailFacts> MailsAbout(long first, long last) =>
        Of($"SELECT {MailColumns} FROM outbox WHERE first_seq <= $2 AND last_seq >= $1 AND first_seq <= last_seq ORDER BY id LIMIT $3")
            .Rows(Mail, first, last, MostMailsAbout);

    public long NotMailedYet(long first, long last) =>
        Number("SELECT count(*) FROM event WHERE seq BETWEEN $1 AND $2 AND ignored = 0", Math.Max(first, Counter(Composed) + 1), last) ?? 0;

    /// <summary>The newest touch of a service by this source that was taken in since then; null when there is none (yet).</summary>
    public EventFacts? EventBy(string service, IPEndPoint? source, DateTimeOffset since) => Of(
        """
        SELECT seq, ref, class, ignored, at, taken_at FROM event
        WHERE service = $1 AND src IS $2 AND src_port IS $3 AND taken_at >= $4 ORDER BY seq DESC LIMIT 1
        """).Rows(
            row => new EventFacts(
                row.GetInt64(0), row.GetString(1), row.GetString(2) == "inside" ? StreamClass.Inside : StreamClass.Outside,
                row.GetInt64(3) != 0, Instant(row, 4), Instant(row, 5)),
            service, source?.Address.ToString(), source?.Port, since.ToUnixTimeMilliseconds()) is [var found] ? found : null;

    /// <summary>What the store remembers of an address; those that were ignored as well.</summary>
    public Sightings Seen(IPAddress address) => Of(
        """
        SELECT count(*), min(at), max(at), max(seq),
            (SELECT made_at FROM outbox WHERE last_seq >= (SELECT max(seq) FROM event WHERE src = $1) ORDER BY id LIMIT 1)
        FROM event WHERE src = $1
        """).Rows(
            row => new Sightings(
                row.GetInt64(0), InstantOrNull(row, 1), InstantOrNull(row, 2), row.IsDBNull(3) ? null : row.GetInt64(3), InstantOrNull(row, 4)),
            address.ToString())[0];

    /// <summary>When this port of a service was touched last, within about a week.</summary>
    public DateTimeOffset? LastTouchOf(string service, int port) =>
        Number("SELECT at FROM port_touch WHERE service = $1 AND port = $2", service, port) is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>Somebody came to this port of a service, ignored or not.</summary>
    public bool HasSeen(string service, int port) =>
        Number("SELECT 1 FROM event WHERE service = $1 AND dst_port = $2 LIMIT 1", service, port) is not null;

    private long NewestSequence => Math.Max(0, Counter(NextSequence) - 1);

    private static DateTimeOffset? InstantOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Instant(row, column);

    private Summary Looked(long first, long last, int most, List<CoarseLine> counted)
    {
        var summary = Totals(first, last) with
        {
            Services = Services(first, last, most),
            Busiest = Busiest(first, last, most),
            CountedOnly = counted,
        };
        return Spanning(summary.Connections == 1 ? summary with { Only = OnlyEvent(first, last) } : summary);
    }
}

/// <summary>An event as far as its way to a mail goes.</summary>
internal sealed record EventFacts(long Sequence, string Reference, StreamClass Class, bool IsIgnored, DateTimeOffset At, DateTimeOffset TakenAt);

/// <summary>What is remembered of one address.</summary>
/// <param name="LastMailed">When the mail was made that told its last event.</param>
internal sealed record Sightings(long Connections, DateTimeOffset? First, DateTimeOffset? Last, long? LastEvent, DateTimeOffset? LastMailed);
