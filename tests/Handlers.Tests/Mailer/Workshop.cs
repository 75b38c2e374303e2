using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

/// <summary>A spool, a store and a maildir of a test's own, below one directory that goes with it.</summary>
internal sealed class Workshop : IDisposable
{
    public const string LaneName = "1000";

    private Store? _store;

    public Workshop()
    {
        Root = Directory.CreateTempSubdirectory("mailer-test-").FullName;
        Directory.CreateDirectory(LanePath);
        Directory.CreateDirectory(StorePath);
        File.WriteAllBytes(Journal, []);
    }

    public string Root { get; }

    public ManualClock Clock { get; } = new();

    /// <summary>The services that record alerts, as <c>superserver alert</c> would tell them.</summary>
    public string? Tripwires { get; set; }

    public string Spool => Path.Combine(Root, "spool");

    public string LanePath => Path.Combine(Spool, LaneName);

    public string Journal => Path.Combine(LanePath, "journal.jsonl");

    public string StorePath => Path.Combine(Root, "mailer");

    public string MaildirPath => Path.Combine(Root, "maildir");

    public Store Store => _store ??= StoreFile.Open(StorePath, Clock);

    public Intake NewIntake() => NewIntake(Visitors.Anybody);

    public Intake NewIntake(Visitors visitors) => new(new SpoolRoot(Spool), Store, visitors, TimeSpan.FromDays(1), Clock);

    public string[] Mails() => Directory.Exists(Path.Combine(MaildirPath, "new"))
        ? [.. Directory.EnumerateFiles(Path.Combine(MaildirPath, "new")).Order().Select(File.ReadAllText)]
        : [];

    /// <summary>As the tripwire appends: a line feed before and after.</summary>
    public void Append(params byte[][] lines)
    {
        const int Appending = 0x400;
        using var journal = Posix.Open(Journal, Libc.O_WRONLY | Libc.O_NOFOLLOW | Appending);
        foreach (var line in lines)
        {
            byte[] record = [(byte)'\n', .. line, (byte)'\n'];
            Assert.Equal(record.Length, Libc.write(journal, record, (nuint)record.Length));
        }
    }

    public void Touch(int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            Append(AlertWriter.Write(SomeTouch()));
        }
    }

    /// <summary>A mailer, in a process of its own, has composed and tried a mail.</summary>
    public bool IsComposed()
    {
        if (!File.Exists(Path.Combine(StorePath, "alerts.db")))
        {
            return false;
        }

        using var connection = new SqliteConnection($"Data Source={StorePath}/alerts.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE name = 'outbox'";
        if (command.ExecuteScalar() is not 1L)
        {
            return false;
        }

        command.CommandText = "SELECT count(*) FROM outbox WHERE attempts > 0";
        return command.ExecuteScalar() is > 0L;
    }

    /// <summary>The program starts again: whatever it only remembered is gone.</summary>
    public void Restart()
    {
        _store?.Dispose();
        _store = null;
    }

    public void Dispose()
    {
        _store?.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    public static void Write(string path, string text) => File.WriteAllText(path, text);

    public static string NewId() => RandomNumberGenerator.GetHexString(26);

    public static TouchRecord SomeTouch() => new()
    {
        Id = NewId(),
        Reference = "7KQ2M4",
        Host = "web1",
        Service = "telnet",
        Protocol = "tcp",
        Source = new AlertSource(IPAddress.Parse("203.0.113.7"), 40112, Neighbourhood.Outside, Mapped: false),
        Target = new AlertTarget(IPAddress.Parse("198.51.100.20"), 23),
        At = DateTimeOffset.Parse("2026-11-22T23:28:47.103Z", CultureInfo.InvariantCulture),
        Boot = "6f1c",
        Monotonic = 81234567890,
        PeerFrom = "getpeername",
        Action = "message",
        ProcessId = 4711,
    };

    public static EndRecord EndOf(TouchRecord touch) => new()
    {
        Id = touch.Id,
        Duration = TimeSpan.FromMilliseconds(412),
        Why = "peer-closed",
        BytesOut = 178,
        BytesIn = 12,
        First = (byte[])[0xff, 0xfd, 0x03],
    };
}
