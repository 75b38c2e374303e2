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

    private long NewestSequence => Math.Max(0, Counter(NextSequence) - 1);

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
