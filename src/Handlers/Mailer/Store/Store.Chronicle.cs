using System.Globalization;
using Microsoft.Data.Sqlite;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The chronicle: what the collectors of records get, as finished lines with numbers of their own. A line is written once and read by
/// every feed at its own pace, so the same number is always the same line; it goes when all have it. Without a feed there is none.
/// </summary>
internal sealed partial class Store
{
    private const string Chronicled = "chronicled";
    private const string LastLine = "last_line";

    private readonly Dictionary<(string Service, StreamClass Class), CountedRecord> _beyond = [];
    private House? _house;

    /// <summary>As many lines wait for a feed that does not work; what it misses beyond that is said, and seen by the numbers.</summary>
    public int MostLines { get; set; } = 200_000;

    public bool HasFeeds => _house is not null;

    /// <summary>Something is still to be told to a feed, or to be made a line of.</summary>
    public bool HasUntoldRecords =>
        HasFeeds && (Counter(NextSequence) - 1 > Counter(Chronicled) || Number("SELECT min(position) FROM feed") < Counter(LastLine));

    /// <summary>
    /// The feeds that there are from now on. One that was there before goes on where it was, a new one begins with what comes next,
    /// and one that is not named any more is forgotten.
    /// </summary>
    public void DeclareFeeds(IReadOnlyCollection<string> names, House house) => Together(() =>
    {
        var known = Of("SELECT name FROM feed").Rows(row => row.GetString(0));
        if (known.Count == 0)
        {
            SetCounter(Chronicled, Math.Max(0, Counter(NextSequence) - 1));
        }

        foreach (var name in known.Except(names))
        {
            Run("DELETE FROM feed WHERE name = $1", name);
        }

        foreach (var name in names.Except(known))
        {
            Run("INSERT INTO feed (name, position) VALUES ($1, $2)", name, Counter(LastLine));
        }

        DropWhatAllHave();
        _house = names.Count > 0 ? house : null;
    });

    /// <summary>The next lines for a feed.</summary>
    public List<RecordLine> LinesFor(string feed, int most) => Of(
        "SELECT n, line FROM chronicle WHERE n > (SELECT position FROM feed WHERE name = $1) ORDER BY n LIMIT $2")
        .Rows(row => new RecordLine(row.GetInt64(0), row.GetString(1)), feed, most);

    /// <summary>A feed has every line up to this one for good.</summary>
    public void Passed(string feed, long number) => Together(() =>
    {
        Run("UPDATE feed SET position = $2 WHERE name = $1", feed, number);
        DropWhatAllHave();
    });

    /// <summary>Events that have no line yet, in the order of their numbers.</summary>
    public List<RecordedEvent> Unchronicled(int most) =>
        Of($"SELECT {EventColumns} FROM event WHERE seq > $1 ORDER BY seq LIMIT $2").Rows(ReadEvent, Counter(Chronicled), most);

    /// <summary>Gives these events their lines, and never again. They follow one another, from the first that has none.</summary>
    public void Chronicle(IReadOnlyList<RecordedEvent> events, Func<RecordedEvent, Finding> nameOf) => Together(() =>
    {
        foreach (var one in events)
        {
            AddLine((number, house) => RecordJson.Of(number, house, one, nameOf(one)));
        }

        SetCounter(Chronicled, events[^1].Sequence);
        SkipBeyondTheMost();
    });

    private const string EventColumns =
        """
        seq, id, ref, conn, host, machine, service, proto, src, src_port, dst, dst_port, class, at, action, ignored, taken_at,
        duration, why, bytes_out, bytes_in, first
        """;

    private static RecordedEvent ReadEvent(SqliteDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        Id = row.GetString(1),
        Reference = row.GetString(2),
        Connection = TextOrNull(row, 3),
        Host = TextOrNull(row, 4),
        Machine = TextOrNull(row, 5),
        Service = row.GetString(6),
        Protocol = row.GetString(7),
        Source = Address(row, 8),
        SourcePort = Port(row, 9),
        Target = Address(row, 10),
        Port = Port(row, 11),
        Class = row.GetString(12) == StreamClasses.Name(StreamClass.Inside) ? StreamClass.Inside : StreamClass.Outside,
        At = Instant(row, 13),
        Action = row.GetString(14),
        IsIgnored = row.GetInt64(15) != 0,
        TakenAt = Instant(row, 16),
        End = row.IsDBNull(17)
            ? null
            : new RecordedEnd(TimeSpan.FromMilliseconds(row.GetInt64(17)), row.GetString(18), row.GetInt64(19), row.GetInt64(20), Bytes(row, 21)),
    };

    private void Chronicle(CountedRecord counted) => AddLine((number, house) => RecordJson.Of(number, house, counted));

    // The line of the event was written without it.
    private void ChronicleLateEnd(string id)
    {
        if (HasFeeds
            && Of($"SELECT {EventColumns} FROM event WHERE id = $1 AND seq <= $2").Rows(ReadEvent, id, Counter(Chronicled))
                is [{ End: { } end } late])
        {
            AddLine((number, house) => RecordJson.OfEnd(number, house, late, end));
        }
    }

    // A flood beyond what is kept is one line a batch, not one a connection.
    private void ChronicleLater(TouchRecord touch, StreamClass streamClass)
    {
        var key = (touch.Service, streamClass);
        var sum = _beyond.GetValueOrDefault(key, new CountedRecord(touch.Service, "too many untold", streamClass, 0, touch.At, touch.At));
        _beyond[key] = sum with
        {
            Connections = sum.Connections + 1,
            From = touch.At < sum.From ? touch.At : sum.From,
            To = touch.At > sum.To ? touch.At : sum.To,
        };
    }

    private void ChronicleBeyond()
    {
        foreach (var counted in _beyond.Values)
        {
            Chronicle(counted);
        }
    }

    private void AddLine(Func<long, House, string> write)
    {
        if (_house is { } house)
        {
            var number = Counter(LastLine) + 1;
            Run("INSERT INTO chronicle (n, line) VALUES ($1, $2)", number, write(number, house));
            SetCounter(LastLine, number);
        }
    }

    private void SkipBeyondTheMost()
    {
        var least = Counter(LastLine) - MostLines;
        foreach (var feed in Of("SELECT name FROM feed WHERE position < $1").Rows(row => row.GetString(0), least))
        {
            Run("UPDATE feed SET position = $2 WHERE name = $1", feed, least);
            NoteOnce(string.Create(
                CultureInfo.InvariantCulture,
                $"The feed of records '{Clean.Text(feed, 80)}' is more than {MostLines} lines behind; the oldest are left out of it, "
                + $"and the gap in their numbers shows how many."));
        }

        DropWhatAllHave();
    }

    private void DropWhatAllHave() =>
        Run("DELETE FROM chronicle WHERE n <= coalesce((SELECT min(position) FROM feed), 9223372036854775807)");
}
