namespace SuperServer.Handlers.Mailer;

/// <summary>Mails between being composed and being accepted by a transport, and the notices that travel with them.</summary>
internal sealed partial class Store
{
    private const string WaitingState = "waiting";
    private const string SentState = "sent";
    private const string RefusedState = "refused";

    // No wait is as long as an hour: a later time was set before the wall clock was set back, and is now.
    private const string EffectiveTry = "CASE WHEN next_try > $1 + 3600000 THEN $1 ELSE next_try END";

    /// <summary>Mails that a transport has not taken yet.</summary>
    public long Waiting => Number("SELECT count(*) FROM outbox WHERE sent_at IS NULL") ?? 0;

    /// <summary>One of them is to be tried now.</summary>
    public bool DueNow => NextTry <= _clock.GetUtcNow();

    /// <summary>When the next of them is to be tried; null when there is none.</summary>
    public DateTimeOffset? NextTry =>
        Number($"SELECT min({EffectiveTry}) FROM outbox WHERE sent_at IS NULL", Now) is { } at
            ? DateTimeOffset.FromUnixTimeMilliseconds(at)
            : null;

    /// <summary>
    /// A mail enters the outbox: in the same transaction its events count as told, and so do the notices, the damaged lines and
    /// the step of the stream. This is the moment after which no event can be missing from a mail, nor be in two.
    /// </summary>
    public void Compose(Letter letter, SavedStream stream) => Together(() =>
    {
        Run(
            """
            INSERT INTO outbox (message_id, kind, first_seq, last_seq, made_at, message, next_try)
            VALUES ($1, $2, $3, $4, $5, $6, $5)
            """,
            letter.MessageId, letter.Kind.ToString(), letter.Summary.First, letter.Summary.Last, Now, letter.Bytes);
        var id = Number("SELECT last_insert_rowid()");
        foreach (var recipient in letter.Recipients)
        {
            Run("INSERT INTO recipient (outbox, address, state) VALUES ($1, $2, $3)", id, recipient, WaitingState);
        }

        TellCoarse(id, letter.Summary);
        SetCounter(Composed, letter.Summary.Last);
        SetCounter(Damaged, Counter(Damaged) - letter.Summary.Damaged);
        SetCounter(Unfamiliar, Counter(Unfamiliar) - letter.Summary.Unfamiliar);
        Run(
            "UPDATE notice SET outbox = $1 WHERE id IN (SELECT id FROM notice WHERE outbox IS NULL ORDER BY id LIMIT $2)",
            id, letter.Summary.Notices.Count);
        KeepStream(stream);
    });

    /// <summary>The oldest mail whose turn has come, for those who do not have it yet.</summary>
    public Parcel? NextParcel(string sender) =>
        Of($"""
            SELECT id, message_id, message, made_at, attempts FROM outbox
            WHERE sent_at IS NULL AND {EffectiveTry} <= $1 ORDER BY id LIMIT 1
            """).Rows(
                row => new Parcel(row.GetInt64(0), row.GetString(1), Bytes(row, 2))
                {
                    Sender = sender,
                    MadeAt = Instant(row, 3),
                    Attempts = row.GetInt32(4),
                    Recipients = WaitingRecipients(row.GetInt64(0)),
                },
                Now) is [var parcel] ? parcel : null;

    /// <summary>
    /// What became of an attempt. A mail that at least one recipient has is done when all others are refused for good; one that
    /// nobody has stays, whatever the reason.
    /// </summary>
    public void Settle(Parcel parcel, Delivery delivery, DateTimeOffset nextTry) => Together(() =>
    {
        foreach (var address in delivery.Accepted)
        {
            SetRecipient(parcel.Id, address, SentState, null);
        }

        var anyoneHasIt = Number("SELECT 1 FROM recipient WHERE outbox = $1 AND state = $2 LIMIT 1", parcel.Id, SentState) is not null;
        foreach (var (address, why) in anyoneHasIt ? delivery.Refused : [])
        {
            SetRecipient(parcel.Id, address, RefusedState, why);
            Note($"{address} did not get the mail {parcel.MessageId}: {why}");
        }

        Run(
            "UPDATE outbox SET attempts = attempts + 1, next_try = $2, last_class = $3, last_error = $4 WHERE id = $1",
            parcel.Id, nextTry.ToUnixTimeMilliseconds(), delivery.Class?.ToString(), delivery.Words);
        Run(
            """
            UPDATE outbox SET sent_at = $2, message = NULL
            WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM recipient WHERE outbox = $1 AND state = $3)
            """,
            parcel.Id, Now, WaitingState);
    });

    /// <summary>What only failed for how it was configured is tried again at once: somebody may have mended it before this start.</summary>
    public void RetryMisconfigured() =>
        Run("UPDATE outbox SET next_try = $1 WHERE sent_at IS NULL AND last_class = $2", Now, nameof(FailureClass.Configuration));

    /// <summary>All that waits may be tried now.</summary>
    public void RetryAll() => Run("UPDATE outbox SET next_try = $1 WHERE sent_at IS NULL", Now);

    /// <summary>A sentence for the next mail.</summary>
    public void Note(string text) => Run("INSERT INTO notice (at, text) VALUES ($1, $2)", Now, text);

    /// <summary>The time in which no mail got through, if it has ended and no mail has told it yet.</summary>
    public Outage? PendingOutage() => Waiting < 0 ? new Outage(default, default, "", 0, 0) : null;

    /// <summary>Mails that nobody got, and that no later mail has told of.</summary>
    public List<LostMail> PendingLostMails() => Waiting < 0 ? [new LostMail(0, 0, 0, 0, "")] : [];

    private List<string> WaitingRecipients(long outbox) =>
        Of("SELECT address FROM recipient WHERE outbox = $1 AND state = $2 ORDER BY address")
            .Rows(row => row.GetString(0), outbox, WaitingState);

    private void SetRecipient(long outbox, string address, string state, string? detail) =>
        Run("UPDATE recipient SET state = $3, detail = $4 WHERE outbox = $1 AND address = $2", outbox, address, state, detail);
}
