namespace SuperServer.Handlers.Mailer;

/// <summary>Mails between being composed and being accepted by a transport, and the notices that travel with them.</summary>
internal sealed partial class Store
{
    private const string WaitingState = "waiting";
    private const string SentState = "sent";
    private const string RefusedState = "refused";

    private const string FailedState = "failed";
    private const int MostDue = 20;

    // No wait is as long as two hours: a later time was set before the wall clock was set back, and is now.
    private const string EffectiveTry = "CASE WHEN next_try > $1 + 7200000 THEN $1 ELSE next_try END";

    /// <summary>Mails on which a transport has work left.</summary>
    public long Waiting => Number("SELECT count(*) FROM outbox WHERE state = 'waiting'") ?? 0;

    /// <summary>Those of them that somebody has not got yet; a transport that gets every mail besides does not count.</summary>
    public long Undelivered => Number(
        """
        SELECT count(*) FROM outbox WHERE state = 'waiting'
            AND EXISTS (SELECT 1 FROM recipient WHERE outbox = outbox.id AND recipient.state = 'waiting')
        """) ?? 0;

    /// <summary>One of them is to be tried now.</summary>
    public bool DueNow => NextTry <= _clock.GetUtcNow();

    /// <summary>When the next of them is to be tried; null when there is none.</summary>
    public DateTimeOffset? NextTry =>
        Number($"SELECT min({EffectiveTry}) FROM outbox WHERE state = 'waiting'", Now) is { } at
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
            INSERT INTO outbox (message_id, kind, first_seq, last_seq, made_at, message, next_try, class, subject, payload)
            VALUES ($1, $2, $3, $4, $5, $6, $5, $7, $8, $9)
            """,
            letter.MessageId, letter.Kind.ToString(), letter.Summary.First, letter.Summary.Last, Now, letter.Bytes,
            StreamClasses.Name(letter.Summary.Class), letter.Subject, letter.Payload);
        var id = Number("SELECT last_insert_rowid()");
        foreach (var recipient in letter.Recipients)
        {
            Run("INSERT INTO recipient (outbox, address, state) VALUES ($1, $2, $3)", id, recipient, WaitingState);
        }

        TellCoarse(id, letter.Summary);
        TellTroubles(id, letter.Summary);
        SetCounter(Composed, letter.Summary.Last);
        SetCounter(Damaged, Counter(Damaged) - letter.Summary.Damaged);
        SetCounter(Unfamiliar, Counter(Unfamiliar) - letter.Summary.Unfamiliar);
        Run(
            "UPDATE notice SET outbox = $1 WHERE id IN (SELECT id FROM notice WHERE outbox IS NULL ORDER BY id LIMIT $2)",
            id, letter.Summary.Notices.Count);
        KeepStream(stream);
    });

    /// <summary>The mails on which something may be done now, the oldest first.</summary>
    public List<WaitingMail> DueMails() =>
        Of($"SELECT id, message_id, made_at FROM outbox WHERE state = 'waiting' AND {EffectiveTry} <= $1 ORDER BY id LIMIT $2")
            .Rows(row => new WaitingMail(row.GetInt64(0), row.GetString(1), Instant(row, 2)) { Recipients = [], Legs = _noLegs }, Now, MostDue)
            .ConvertAll(mail => mail with { Recipients = RecipientsOf(mail.Id), Served = ServedOf(mail.Id), Legs = LegsOf(mail.Id) });

    /// <summary>What a transport gets to send.</summary>
    public Parcel Parcel(Errand errand, string sender, House house)
    {
        var (message, payload, subject) = Of("SELECT message, payload, subject FROM outbox WHERE id = $1")
            .Rows(row => (Bytes(row, 0), Bytes(row, 1), row.GetString(2)), errand.Mail.Id)[0];
        return new Parcel(errand.Mail.Id, errand.Mail.MessageId, message)
        {
            Payload = payload.Length > 0 ? payload : Payload.OfOld(message, house),
            Subject = subject,
            Sender = sender,
            MadeAt = errand.Mail.MadeAt,
            Recipients = errand.Recipients,
        };
    }

    /// <summary>
    /// What became of an attempt. A mail that at least one recipient has is sent when no transport has work left on it; one that
    /// nobody has is failed then, and keeps its bytes.
    /// </summary>
    public void Settle(long mail, Delivery delivery, DateTimeOffset nextTry) => Together(() =>
    {
        if (Number("SELECT 1 FROM outbox WHERE id = $1 AND state = 'waiting'", mail) is null)
        {
            return;     // somebody put it aside while it was on its way
        }

        KeepLeg(mail, delivery.Leg);
        foreach (var address in delivery.Accepted)
        {
            SetRecipient(mail, address, SentState, null);
        }

        foreach (var (address, why) in delivery.Refused)
        {
            SetRecipient(mail, address, RefusedState, why);
        }

        Run(
            """
            UPDATE outbox SET attempts = attempts + 1, next_try = $2,
                last_class = coalesce($3, last_class), last_error = coalesce($4, last_error)
            WHERE id = $1
            """,
            mail, nextTry.ToUnixTimeMilliseconds(), delivery.Class?.ToString(), delivery.Words);
        if (!delivery.IsAside)
        {
            WatchOutage(mail, delivery);
        }

        if (!delivery.KeepsWaiting)
        {
            Finish(mail);
        }
    });

    /// <summary>Nothing is to be done on this mail before then.</summary>
    public void Postpone(long mail, DateTimeOffset until) =>
        Run("UPDATE outbox SET next_try = $2 WHERE id = $1", mail, until.ToUnixTimeMilliseconds());

    /// <summary>
    /// No transport has work left on a mail that waits: the transports are others than they were. It begins again for those who
    /// have not got it; when there are none, it is done.
    /// </summary>
    public void StartAnew(long mail) => Together(() =>
    {
        if (Number("SELECT 1 FROM recipient WHERE outbox = $1 AND state <> $2 LIMIT 1", mail, SentState) is null)
        {
            Finish(mail);
            return;
        }

        Run("DELETE FROM leg_recipient WHERE outbox = $1 AND refusal IS NOT NULL", mail);
        Run("DELETE FROM leg WHERE outbox = $1 AND state <> $2", mail, nameof(LegState.Done));
        Run("UPDATE recipient SET state = $2, detail = NULL WHERE outbox = $1 AND state = $3", mail, WaitingState, RefusedState);
        Run("UPDATE outbox SET next_try = $2, told_in = NULL WHERE id = $1", mail, Now);
    });

    /// <summary>What only failed for how it was configured is tried again at once: somebody may have mended it before this start.</summary>
    public void RetryMisconfigured() => Together(() =>
    {
        Run("UPDATE leg SET next_try = $1 WHERE state = $2 AND last_class = $3", Now, nameof(LegState.Waiting), nameof(FailureClass.Configuration));
        Run(
            """
            UPDATE outbox SET next_try = $1 WHERE state = 'waiting'
                AND id IN (SELECT outbox FROM leg WHERE state = $2 AND last_class = $3)
            """,
            Now, nameof(LegState.Waiting), nameof(FailureClass.Configuration));
    });

    /// <summary>All that waits may be tried now.</summary>
    public void RetryAll() => Together(() =>
    {
        Run("UPDATE leg SET next_try = $1 WHERE state = $2", Now, nameof(LegState.Waiting));
        Run("UPDATE outbox SET next_try = $1 WHERE state = 'waiting'", Now);
    });

    /// <summary>A sentence for the next mail.</summary>
    public void Note(string text) => Run("INSERT INTO notice (at, text) VALUES ($1, $2)", Now, text);

    private void Finish(long mail)
    {
        var isSent = Number("SELECT 1 FROM recipient WHERE outbox = $1 AND state = $2 LIMIT 1", mail, SentState) is not null;
        if (!isSent)
        {
            Run("UPDATE outbox SET state = $2 WHERE id = $1", mail, FailedState);
            return;
        }

        // Those who have it hear of those who do not; when nobody has it, the next mail says so of the mail as a whole.
        Run(
            """
            INSERT INTO notice (at, text)
            SELECT $2, address || ' did not get the mail ' || message_id || ': ' || coalesce(detail, 'refused')
            FROM recipient JOIN outbox ON outbox.id = recipient.outbox WHERE outbox.id = $1 AND recipient.state = $3
            """,
            mail, Now, RefusedState);
        Run("UPDATE outbox SET state = $2, sent_at = $3, message = NULL, payload = NULL WHERE id = $1", mail, SentState, Now);
    }

    private List<string> RecipientsOf(long mail) =>
        Of("SELECT address FROM recipient WHERE outbox = $1 ORDER BY address").Rows(row => row.GetString(0), mail);

    private HashSet<string> ServedOf(long mail) =>
        [.. Of("SELECT address FROM recipient WHERE outbox = $1 AND state = $2").Rows(row => row.GetString(0), mail, SentState)];

    private void SetRecipient(long mail, string address, string state, string? detail) =>
        Run("UPDATE recipient SET state = $3, detail = $4 WHERE outbox = $1 AND address = $2", mail, address, state, detail);
}
