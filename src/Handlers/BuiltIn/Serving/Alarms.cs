namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>
/// Whom to look at again, and when at the latest. Deadlines move on with every byte while an alarm stays, so that whoever is looked at
/// too early is set again; nobody who has gone is kept until his time.
/// </summary>
internal sealed class Alarms<TWho>
    where TWho : class
{
    private readonly SortedSet<(long At, long Number, TWho Who)> _inOrder = new(Comparer<(long At, long Number, TWho Who)>.Create(
        (one, other) => one.At != other.At ? one.At.CompareTo(other.At) : one.Number.CompareTo(other.Number)));

    private readonly Dictionary<TWho, (long At, long Number, TWho Who)> _entries = [];
    private long _number;

    /// <summary>The time of the next, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long Next => _inOrder.Count > 0 ? _inOrder.Min.At : long.MaxValue;

    /// <summary>Sees to it that he is looked at by then.</summary>
    public void Set(TWho who, long at)
    {
        if (at == long.MaxValue || (_entries.TryGetValue(who, out var before) && before.At <= at))
        {
            return;
        }

        Remove(who);
        var entry = (at, _number++, who);
        _entries.Add(who, entry);
        _inOrder.Add(entry);
    }

    public void Remove(TWho who)
    {
        if (_entries.Remove(who, out var entry))
        {
            _inOrder.Remove(entry);
        }
    }

    /// <summary>The next whose time has come; null when there is none.</summary>
    public TWho? Take()
    {
        if (Next > Environment.TickCount64)
        {
            return null;
        }

        var who = _inOrder.Min.Who;
        Remove(who);
        return who;
    }
}
