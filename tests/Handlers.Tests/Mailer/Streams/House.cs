using System.Net;
using Microsoft.Data.Sqlite;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Streams;

/// <summary>
/// The mailer's heart without files and network: a store, a composer, a clock that the test moves, and a journal that gives again what
/// was not taken in. It can end and crash wherever it likes.
/// </summary>
internal sealed class House : IDisposable
{
    public static readonly IPAddress Outside = IPAddress.Parse("203.0.113.7");
    public static readonly IPAddress Inside = IPAddress.Parse("10.1.2.3");
    public static readonly IPAddress Ignored = IPAddress.Parse("192.0.2.10");

    private static readonly Visitors _visitors = new(
        address => Neighbourhoods.Of(address) == Neighbourhood.Outside ? StreamClass.Outside : StreamClass.Inside,
        address => Ignored.Equals(address));

    private readonly string _folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"house-{Guid.NewGuid():N}")).FullName;

    private readonly MailerOptions _options;
    private readonly List<AlertRecord> _journal = [];
    private Store? _store;
    private Composer? _composer;
    private long _position;

    /// <param name="more">More options, with a comma before each.</param>
    public House(string more = "")
    {
        _options = OptionsReader.Read($$"""{"to":["a@example.org"],"transport":[{"kind":"maildir","path":"/nowhere"}]{{more}}}""", "web1");
        ArmCrash(rows: -1);
    }

    public ManualClock Clock { get; } = new();

    /// <summary>What time it really is, whatever somebody does to the wall clock.</summary>
    public TimeSpan Now { get; private set; }

    public List<(TimeSpan At, DueMail Due)> Mails { get; } = [];

    public bool MailIsDown { get; set; }

    public Store Store => _store ??= new Store(DatabasePath, Clock);

    public Composer Composer =>
        _composer ??= new Composer(Store, new NameDesk(Store, null), new LetterWriter("web1", _options), _options, Clock);

    private string DatabasePath => Path.Combine(_folder, "alerts.db");

    public void Touch(IPAddress? source = null, int port = 23, int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            Write(Workshop.SomeTouch() with
            {
                Source = new AlertSource(source ?? Outside, 40112, Neighbourhood.Outside, Mapped: false),
                Target = new AlertTarget(IPAddress.Parse("198.51.100.20"), port),
                At = Clock.GetUtcNow(),
            });
        }
    }

    public void Shed(long connections, string? id = null) => Write(new ShedRecord
    {
        Id = id ?? Workshop.NewId(),
        Host = "web1",
        Service = "telnet",
        Connections = connections,
        Sources = 2,
        From = Clock.GetUtcNow(),
        To = Clock.GetUtcNow(),
        Why = "rate",
        Busiest = [(Outside, connections)],
    });

    public void Overflow(long total) => Composer.Took(
        Store.TakeIn("1000", [new OverflowCount("telnet", total, Clock.GetUtcNow(), [Outside])], _visitors.ClassOf));

    /// <summary>What the loop does once: take in, write a mail if one is due, send.</summary>
    public void Round()
    {
        if (_journal.Count > 0)
        {
            var batch = new Batch([.. _journal], 0, new SegmentCursor("1000", 1, 1) { Position = _position });
            var taken = Store.TakeIn(batch, _visitors, _options.InsidePace.Calm);
            _journal.Clear();
            _position++;
            Composer.Took(taken);
        }

        if (Store.Undelivered < 8 && Composer.Due() is { } due)
        {
            Composer.Compose(due, TimeSpan.Zero, () => true);
            Mails.Add((Now, due));
        }

        if (!MailIsDown && _store is not null)
        {
            Execute("UPDATE outbox SET sent_at = made_at, state = 'sent', message = NULL WHERE state = 'waiting'");
        }
    }

    /// <summary>Lets time go by, and wakes whenever something is due.</summary>
    public void Pass(TimeSpan time)
    {
        var end = Now + time;
        Round();
        while (Now < end)
        {
            var wait = Store.Undelivered < 8 ? Composer.UntilDue : TimeSpan.MaxValue;
            wait = wait > end - Now ? end - Now : wait;
            wait = wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1);
            Clock.Pass(wait);
            Now += wait;
            Round();
        }
    }

    public void Restart()
    {
        _store?.Dispose();
        (_store, _composer) = (null, null);
    }

    /// <summary>From now on the so-manieth row that is written fails, and its transaction with it.</summary>
    public void ArmCrash(int rows)
    {
        _ = Store;
        Execute("CREATE TABLE IF NOT EXISTS crash (n INTEGER)");
        string[] tables = ["event", "outbox", "coarse", "allowance", "stream", "overflow", "recipient", "counter"];
        foreach (var (table, act) in tables.SelectMany(table => new[] { (table, "INSERT"), (table, "UPDATE") }))
        {
            Execute($"""
                CREATE TRIGGER IF NOT EXISTS crash_{table}_{act} BEFORE {act} ON {table} BEGIN
                    UPDATE crash SET n = n - 1;
                    SELECT RAISE(ABORT, 'crash') WHERE (SELECT n FROM crash) = 0;
                END
                """);
        }

        Execute($"DELETE FROM crash; INSERT INTO crash VALUES ({rows})");
    }

    public void Disarm() => Execute("UPDATE crash SET n = -1");

    /// <summary>The mails as the store has them: range, and how many connections each says.</summary>
    public List<(long First, long Last, long Connections, long Coarse)> Outbox()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT first_seq, last_seq, connections, (SELECT coalesce(sum(connections), 0) FROM coarse WHERE outbox = o.id)
            FROM outbox AS o ORDER BY id
            """;
        using var rows = command.ExecuteReader();
        var mails = new List<(long, long, long, long)>();
        while (rows.Read())
        {
            mails.Add((rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3)));
        }

        return mails;
    }

    public void Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _store?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Write(AlertRecord record) => _journal.Add(record);

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        return connection;
    }
}
