namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// Records that become durable together. They are written as soon as there is a moment, so that a kill costs none of them, and the disk
/// is asked to confirm them every 100 ms or 256 records, whichever comes first: a flood must not wait for the disk once for each.
/// Nobody is told before the disk has confirmed, or has refused.
/// </summary>
internal sealed class Batch(Journal journal, LastResort lastResort, Action<Visit, Kept> tell)
{
    public const int MaxRecords = 256;
    public const int MaxDelay = 100;

    private const int FirstCapacity = 64 * 1024;

    private readonly List<Entry> _entries = [];
    private readonly List<(Visit Visit, Kept Kept)> _outcomes = [];
    private byte[] _lines = new byte[FirstCapacity];
    private int _length;
    private int _written;
    private JournalFile? _file;

    /// <summary>When the disk has to be asked, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long DueAt { get; private set; } = long.MaxValue;

    public bool IsDue(long now) => now >= DueAt || _entries.Count >= MaxRecords;

    /// <summary>Adds a record; with a visit when somebody waits for it: without, it is a detail, and its loss is none.</summary>
    public void Add(byte[] record, Visit? visit, long now)
    {
        var length = _length + record.Length + 2;
        if (length > _lines.Length)
        {
            Array.Resize(ref _lines, Math.Max(length, 2 * _lines.Length));
        }

        _lines[_length] = (byte)'\n';
        record.CopyTo(_lines, _length + 1);
        _lines[length - 1] = (byte)'\n';
        _entries.Add(new Entry(_length + 1, record.Length, visit));
        _length = length;
        DueAt = Math.Min(DueAt, now + MaxDelay);
    }

    /// <summary>Writes what has been added. What finds no room goes its last way at once.</summary>
    public void Write()
    {
        if (_written == _length)
        {
            return;
        }

        string? failure = null;
        _file ??= journal.Open(out failure);
        var end = _written + (_file?.Write(_lines.AsSpan(_written, _length - _written), out failure) ?? 0);
        _written = _length;
        if (failure is not null)
        {
            Lose(_entries.FindIndex(entry => entry.End > end), failure);
            TellAll();
        }
    }

    /// <summary>Makes all that was added durable.</summary>
    public void Sync()
    {
        Write();
        var failure = _file?.Sync();
        _file?.Close();
        _file = null;
        if (_entries.Count > 0)
        {
            journal.RingBell();
        }

        foreach (var entry in _entries)
        {
            if (failure is not null && entry.Visit is not null)
            {
                lastResort.Doubt(_lines.AsSpan(entry.Start, entry.Length), failure);
            }

            Note(entry.Visit, Kept.Recorded);
        }

        _entries.Clear();
        (_length, _written, DueAt) = (0, 0, long.MaxValue);
        TellAll();
    }

    // Everything from this entry on.
    private void Lose(int first, string failure)
    {
        if (first < 0)
        {
            return;     // all that is missing is the last line feed
        }

        foreach (var entry in _entries[first..])
        {
            if (entry.Visit is { } visit)
            {
                Note(visit, lastResort.Keep(visit.Touch, _lines.AsSpan(entry.Start, entry.Length), failure));
            }
        }

        lastResort.Settle();
        _entries.RemoveRange(first, _entries.Count - first);
    }

    private void Note(Visit? visit, Kept kept)
    {
        if (visit is not null)
        {
            _outcomes.Add((visit, kept));
        }
    }

    // Whoever is told may end at once and add how: so everything is in order before.
    private void TellAll()
    {
        foreach (var (visit, kept) in _outcomes)
        {
            tell(visit, kept);
        }

        _outcomes.Clear();
    }

    /// <summary>Where a record is in the lines, without its line feeds, and who waits for it.</summary>
    private readonly record struct Entry(int Start, int Length, Visit? Visit)
    {
        public int End => Start + Length;
    }
}
