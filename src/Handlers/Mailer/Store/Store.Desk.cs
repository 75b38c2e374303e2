using Microsoft.Data.Sqlite;

namespace SuperServer.Handlers.Mailer;

/// <summary>What the commands ask and order, from a process beside the mailer: short reads, and writes of a few rows.</summary>
internal sealed partial class Store
{
    private const string MailColumns =
        "id, message_id, kind, subject, first_seq, last_seq, connections, made_at, attempts, next_try, last_error, state, sent_at";

    private Store(SqliteConnection connection, TimeProvider clock)
    {
        _connection = connection;
        _clock = clock;
    }

    /// <summary>
    /// Opens the store of a mailer that may be running. It is neither made, nor migrated, nor examined here; null when it is not
    /// laid out yet.
    /// </summary>
    public static Store? OpenBeside(string path, TimeProvider clock, bool mayWrite)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mayWrite ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        var store = new Store(connection, clock);
        try
        {
            return store.IsLaidOut() ? store : Closed(store);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The mails that wait or were given up, oldest first.</summary>
    public List<MailFacts> Queue() =>
        Of($"SELECT {MailColumns} FROM outbox WHERE state IN ('waiting', 'failed') ORDER BY id").Rows(Mail);

    public MailFacts? MailOf(long id) =>
        Of($"SELECT {MailColumns} FROM outbox WHERE id = $1").Rows(Mail, id) is [var mail] ? mail : null;

    /// <summary>The mail's bytes; null when it was sent or dropped.</summary>
    public byte[]? MessageOf(long id) =>
        Of("SELECT message FROM outbox WHERE id = $1 AND message IS NOT NULL").Rows(row => Bytes(row, 0), id) is [var bytes] ? bytes : null;

    /// <summary>What each transport has behind it with this mail.</summary>
    public IReadOnlyCollection<Leg> LegsOfMail(long id) => LegsOf(id).Values;

    /// <summary>Who gets this mail: the address, <c>waiting</c>, <c>sent</c> or <c>refused</c>, and why.</summary>
    public List<(string Address, string State, string? Detail)> RecipientStates(long id) =>
        Of("SELECT address, state, detail FROM recipient WHERE outbox = $1 ORDER BY address").Rows(
            row => (row.GetString(0), row.GetString(1), TextOrNull(row, 2)), id);

    /// <summary>
    /// Asks the mailer to compose what is pending and to try everything, now. The order stands in the store, so that it is obeyed
    /// also by a mailer that is not running yet.
    /// </summary>
    public void OrderFlush()
    {
        SetCounter(FlushOrder, 1);
        RetryAll();
    }

    /// <summary>Nobody will get this mail; false when it neither waits nor was given up.</summary>
    public bool Drop(long id) =>
        Run("UPDATE outbox SET state = 'dropped', message = NULL, payload = NULL WHERE id = $1 AND state IN ('waiting', 'failed')", id) == 1;

    /// <summary>All mails that were given up wait again, as if they were new; how many.</summary>
    public int RetryFailed()
    {
        var failed = Of("SELECT id FROM outbox WHERE state = 'failed'").Rows(row => row.GetInt64(0));
        foreach (var id in failed)
        {
            Run("UPDATE outbox SET state = 'waiting' WHERE id = $1", id);
            StartAnew(id);
        }

        return failed.Count;
    }

    public long MailsIn(string state) => Number("SELECT count(*) FROM outbox WHERE state = $1", state) ?? 0;

    /// <summary>The last mail that somebody got.</summary>
    public MailFacts? LastSent =>
        Of($"SELECT {MailColumns} FROM outbox WHERE state = 'sent' ORDER BY sent_at DESC, id DESC LIMIT 1").Rows(Mail) is [var mail] ? mail : null;

    public long EventsSince(DateTimeOffset since) =>
        Number("SELECT count(*) FROM event WHERE at >= $1", since.ToUnixTimeMilliseconds()) ?? 0;

    private bool IsLaidOut()
    {
        _connection.Open();
        Run("PRAGMA busy_timeout = 10000");
        Run("PRAGMA foreign_keys = ON");
        Run("PRAGMA synchronous = FULL");
        return Number("PRAGMA user_version") switch
        {
            null or 0 => false,
            var newer when newer > Schema.Steps.Length => throw new NewerStoreException(newer.Value, Schema.Steps.Length),
            var version when version == Schema.Steps.Length => true,
            var older => throw new CommandException(
                ExitCode.StillWaiting,
                $"the store has version {older}, and this program reads version {Schema.Steps.Length}: the mailer brings it up to date when it starts next"),
        };
    }

    private static Store? Closed(Store store)
    {
        store.Dispose();
        return null;
    }

    private static MailFacts Mail(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0),
        MessageId = row.GetString(1),
        Kind = row.GetString(2),
        Subject = row.GetString(3),
        First = row.GetInt64(4),
        Last = row.GetInt64(5),
        Connections = row.GetInt64(6),
        MadeAt = Instant(row, 7),
        Attempts = row.GetInt64(8),
        NextTry = Instant(row, 9),
        LastError = TextOrNull(row, 10),
        State = row.GetString(11),
        SentAt = row.IsDBNull(12) ? null : Instant(row, 12),
    };

    private static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
