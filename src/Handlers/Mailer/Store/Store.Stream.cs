namespace SuperServer.Handlers.Mailer;

/// <summary>The rhythms of the streams, the mail limits, and what the store forgets with time.</summary>
internal sealed partial class Store
{
    /// <summary>Set by <c>superserver alert flush</c>, from another process: what waits is to be mailed now.</summary>
    private const string FlushOrder = "flush";

    // So many told events are kept at most, however many a month brings: about 200 MiB.
    private const int MostTold = 500_000;

    private static readonly TimeSpan _keepSent = TimeSpan.FromDays(90);
    private static readonly TimeSpan _keepCoarse = TimeSpan.FromDays(7);
    private static readonly TimeSpan _keepLooseEnds = TimeSpan.FromDays(2);
    private static readonly TimeSpan _keepTokens = TimeSpan.FromDays(1);

    public bool IsFlushOrdered => Counter(FlushOrder) != 0;

    public void FlushIsDone() => SetCounter(FlushOrder, 0);

    public SavedStream? StreamOf(StreamId id) =>
        Of("SELECT phase, step, due, last_touch, saved_at, held_since FROM stream WHERE id = $1").Rows(
            row => new SavedStream(
                Enum.Parse<Phase>(row.GetString(0)), row.GetInt32(1), Instant(row, 2), Instant(row, 3), Instant(row, 4))
            {
                Id = id,
                HeldSince = row.IsDBNull(5) ? null : Instant(row, 5),
            },
            (int)id) is [var saved] ? saved : null;

    public void KeepStream(SavedStream stream) =>
        Run(
            """
            INSERT INTO stream (id, phase, step, due, last_touch, saved_at, held_since) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, step = excluded.step, due = excluded.due,
                last_touch = excluded.last_touch, saved_at = excluded.saved_at, held_since = excluded.held_since
            """,
            (int)stream.Id, stream.Phase.ToString(), stream.Step, stream.Due.ToUnixTimeMilliseconds(),
            stream.LastTouch.ToUnixTimeMilliseconds(), stream.SavedAt.ToUnixTimeMilliseconds(),
            stream.HeldSince?.ToUnixTimeMilliseconds());

    /// <summary>
    /// A mail is written: it enters the outbox, every rhythm that it changes is kept, and the tokens it costs are spent. All of it, or
    /// there was no mail.
    /// </summary>
    public void Tell(Letter letter, IReadOnlyList<SavedStream> streams, IEnumerable<string> tokens) => Together(() =>
    {
        Compose(letter, streams[0]);
        foreach (var stream in streams.Skip(1))
        {
            KeepStream(stream);
        }

        Run("DELETE FROM allowance WHERE at < $1", Before(_keepTokens));
        foreach (var token in tokens)
        {
            Run("INSERT INTO allowance (name, at) VALUES ($1, $2)", token, Now);
        }

        FlushIsDone();
    });

    /// <summary>The tokens that are not back yet.</summary>
    public List<(string Name, DateTimeOffset At)> Spent() =>
        Of("SELECT name, at FROM allowance WHERE at >= $1").Rows(row => (row.GetString(0), Instant(row, 1)), Before(_keepTokens));

    /// <summary>
    /// Forgets told events after <paramref name="retain"/>, by when we took them in: what a record says of its time is not ours to
    /// believe. An id outlives by far every segment that could bring it again.
    /// </summary>
    public void ForgetOld(TimeSpan retain) => Together(() =>
    {
        Run(
            """
            DELETE FROM event WHERE seq <= $1 AND (taken_at < $2 OR seq <= $3)
                AND seq < coalesce(
                    (SELECT min(first_seq) FROM outbox WHERE sent_at IS NULL AND state = 'waiting'), 9223372036854775807)
            """,
            Counter(Composed), Before(retain), Counter(Composed) - MostTold);
        Run("DELETE FROM coarse WHERE outbox IS NOT NULL AND taken_at < $1", Before(_keepCoarse));
        Run("DELETE FROM port_touch WHERE at < $1", Before(_newsAfter));
        Run("DELETE FROM outbox WHERE sent_at < $1", Before(_keepSent));
        Run("DELETE FROM notice WHERE outbox IS NOT NULL AND at < $1", Before(_keepSent));
        Run("DELETE FROM loose_end WHERE taken_at < $1", Before(_keepLooseEnds));
        Run(
            "DELETE FROM loose_end WHERE id IN (SELECT id FROM loose_end ORDER BY taken_at DESC LIMIT -1 OFFSET $1)",
            MostLooseEnds);
        ForgetOldNames();
    });

    /// <summary>Gives back the memory of SQLite's page cache, for a long sleep.</summary>
    public void Shrink() => Run("PRAGMA shrink_memory");

    private long Before(TimeSpan age) => Now - (long)age.TotalMilliseconds;
}
