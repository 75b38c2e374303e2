using Microsoft.Data.Sqlite;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The mailer's memory: one SQLite file, and SQLite's only door. One thread uses it. Whatever must be true together is written
/// in one transaction, so that a crash at any moment leaves the state before or the state after.
/// </summary>
internal sealed partial class Store : IDisposable
{
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int NotADatabase = 26;
    private const int NoRoomForTheIndex = 4874;     // SQLITE_IOERR_SHMSIZE

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private bool _isInTransaction;

    public Store(string path, TimeProvider clock)
    {
        _clock = clock;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        try
        {
            Prepare();
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite found that the file is not what it once wrote.</summary>
    public static bool IsDamage(Exception error) => error is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };

    /// <summary>There is no room left on the disk; nothing was changed.</summary>
    public static bool IsFull(Exception error) =>
        error is SqliteException { SqliteErrorCode: Full } or SqliteException { SqliteExtendedErrorCode: NoRoomForTheIndex };

    /// <summary>The disk is full, or locked, or refuses: a later try may do.</summary>
    public static bool IsTrouble(Exception error) => error is SqliteException;

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private void Prepare()
    {
        _connection.Open();
        Run("PRAGMA busy_timeout = 10000");
        Run("PRAGMA journal_mode = WAL");
        Run("PRAGMA synchronous = FULL");
        Run("PRAGMA foreign_keys = ON");
        Inspect();
        Migrate();
    }

    private void Inspect()
    {
        var verdict = Of("PRAGMA quick_check(1)").Rows(row => row.GetString(0));
        if (verdict is not ["ok"])
        {
            throw new SqliteException($"quick_check: {string.Join("; ", verdict)}", Corrupt);
        }
    }

    private void Migrate()
    {
        var version = Number("PRAGMA user_version") ?? 0;
        if (version > Schema.Steps.Length)
        {
            throw new NewerStoreException(version, Schema.Steps.Length);
        }

        for (var step = (int)version; step < Schema.Steps.Length; step++)
        {
            var number = step + 1;
            Together(() =>
            {
                Run(Schema.Steps[number - 1]);
                Run($"PRAGMA user_version = {number}");
            });
        }
    }

    /// <summary>All of it or nothing of it; within another one it is a part of that.</summary>
    private void Together(Action work)
    {
        if (_isInTransaction)
        {
            work();
            return;
        }

        Run("BEGIN IMMEDIATE");
        _isInTransaction = true;
        try
        {
            work();
            Run("COMMIT");
        }
        catch
        {
            // When SQLite has rolled back by itself, there is nothing to roll back, and the first error is the one to hear.
            try
            {
                Run("ROLLBACK");
            }
            catch (SqliteException)
            {
            }

            throw;
        }
        finally
        {
            _isInTransaction = false;
        }
    }

    private Statement Of(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new Statement(_connection, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    private int Run(string sql, params ReadOnlySpan<object?> values) => Of(sql).Run(values);

    private long? Number(string sql, params ReadOnlySpan<object?> values) => Of(sql).Number(values);

    private long Counter(string name) => Number("SELECT value FROM counter WHERE name = $1", name) ?? 0;

    private void SetCounter(string name, long value) =>
        Run("INSERT INTO counter VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value);
}
