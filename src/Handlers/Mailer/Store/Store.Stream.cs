namespace SuperServer.Handlers.Mailer;

/// <summary>The stream's state, and what the store forgets with time.</summary>
internal sealed partial class Store
{
    private const int OnlyStream = 1;
    private static readonly TimeSpan _keepEvents = TimeSpan.FromDays(30);
    private static readonly TimeSpan _keepSent = TimeSpan.FromDays(90);
    private static readonly TimeSpan _keepLooseEnds = TimeSpan.FromDays(2);

    public SavedStream? Stream =>
        Of("SELECT phase, step, due, last_touch, saved_at FROM stream WHERE id = $1").Rows(
            row => new SavedStream(
                Enum.Parse<Phase>(row.GetString(0)), row.GetInt32(1), Instant(row, 2), Instant(row, 3), Instant(row, 4)),
            OnlyStream) is [var saved] ? saved : null;

    public void KeepStream(SavedStream stream) =>
        Run(
            """
            INSERT INTO stream (id, phase, step, due, last_touch, saved_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, step = excluded.step, due = excluded.due,
                last_touch = excluded.last_touch, saved_at = excluded.saved_at
            """,
            OnlyStream, stream.Phase.ToString(), stream.Step, stream.Due.ToUnixTimeMilliseconds(),
            stream.LastTouch.ToUnixTimeMilliseconds(), stream.SavedAt.ToUnixTimeMilliseconds());

    /// <summary>
    /// Forgets mailed events after a month, by when we took them in: what a record says of its time is not ours to believe. An id
    /// outlives by far every segment that could bring it again.
    /// </summary>
    public void ForgetOld() => Together(() =>
    {
        Run(
            """
            DELETE FROM event WHERE seq <= $1 AND taken_at < $2
                AND seq < coalesce((SELECT min(first_seq) FROM outbox WHERE sent_at IS NULL), 9223372036854775807)
            """,
            Counter(Composed), Before(_keepEvents));
        Run("DELETE FROM outbox WHERE sent_at < $1", Before(_keepSent));
        Run("DELETE FROM notice WHERE outbox IS NOT NULL AND at < $1", Before(_keepSent));
        Run("DELETE FROM loose_end WHERE taken_at < $1", Before(_keepLooseEnds));
        Run(
            "DELETE FROM loose_end WHERE id IN (SELECT id FROM loose_end ORDER BY taken_at DESC LIMIT -1 OFFSET $1)",
            MostLooseEnds);
        ForgetOldNames();
    });

    private long Before(TimeSpan age) => Now - (long)age.TotalMilliseconds;
}
