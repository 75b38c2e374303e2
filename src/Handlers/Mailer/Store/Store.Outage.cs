namespace SuperServer.Handlers.Mailer;

/// <summary>The times in which no mail got through, and the mails that nobody got: the next mail tells them, and only once.</summary>
internal sealed partial class Store
{
    private const int MostLostMails = 10;

    /// <summary>The time in which no mail got through, if it has ended and no mail has told it yet.</summary>
    public Outage? PendingOutage() =>
        Of("SELECT since, until, words, mails, connections FROM outage WHERE until IS NOT NULL")
            .Rows(row => new Outage(Instant(row, 0), Instant(row, 1), row.GetString(2), row.GetInt64(3), row.GetInt64(4))) is [var outage]
            ? outage
            : null;

    /// <summary>Mails that nobody got, and that no later mail has told of.</summary>
    public List<LostMail> PendingLostMails() =>
        Of("""
            SELECT id, first_seq, last_seq, connections, coalesce(last_error, '') FROM outbox
            WHERE state = 'failed' AND told_in IS NULL ORDER BY id LIMIT $1
            """).Rows(
                row => new LostMail(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4)), MostLostMails);

    /// <summary>Part of composing: what this mail says of such troubles needs no other to say it again.</summary>
    private void TellTroubles(long? outbox, Summary summary)
    {
        foreach (var lost in summary.LostMails)
        {
            Run("UPDATE outbox SET told_in = $2 WHERE id = $1", lost.Id, outbox);
        }

        if (summary.Outage is not null)
        {
            Run("DELETE FROM outage WHERE until IS NOT NULL");
        }
    }

    private void WatchOutage(long mail, Delivery delivery)
    {
        var somebodyHasIt = Number("SELECT 1 FROM recipient WHERE outbox = $1 AND state = $2 LIMIT 1", mail, SentState) is not null;
        if (delivery.IsProgress)
        {
            EndOutage();
        }
        else if (delivery.Failures.Count > 0 && !somebodyHasIt)
        {
            Run(
                """
                INSERT INTO outage (id, since, attempts, words) VALUES (1, $1, 1, $2)
                ON CONFLICT (id) DO UPDATE SET attempts = attempts + 1, words = excluded.words, until = NULL
                """,
                Now, delivery.Words);
        }
    }

    // A server that was busy for a moment is no news.
    private void EndOutage()
    {
        var passes = (long)Route.TimeBeforeTheNext.TotalMilliseconds;
        Run("DELETE FROM outage WHERE until IS NULL AND attempts < $1 AND $2 - since < $3", Route.AttemptsBeforeTheNext, Now, passes);
        Run(
            """
            UPDATE outage SET until = $1,
                mails = (SELECT count(*) FROM outbox WHERE state = 'waiting'),
                connections = (SELECT coalesce(sum(connections), 0) FROM outbox WHERE state = 'waiting')
                    + (SELECT count(*) FROM event WHERE seq > $2 AND ignored = 0)
            WHERE until IS NULL
            """,
            Now, Counter(Composed));
    }
}
