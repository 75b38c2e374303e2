namespace SuperServer.Admitting;

/// <summary>
/// Who is in a vestibule, by source, each in the order in which they came. When there are too many, somebody has to go for whoever
/// comes: the one who has been there longest of those who are there most often, so that nobody who comes once pays for somebody
/// who comes a thousand times. Numbers and a clock; no socket.
/// </summary>
internal sealed class Callers
{
    private readonly Dictionary<Source, LinkedList<Caller>> _bySource = [];
    private readonly Dictionary<long, LinkedListNode<Caller>> _byNumber = [];

    public int Count => _byNumber.Count;

    /// <summary>When the one came who has been there longest; null when nobody is.</summary>
    public TimeSpan? Oldest
    {
        get
        {
            TimeSpan? oldest = null;
            foreach (var callers in _bySource.Values)
            {
                oldest = oldest is null || callers.First!.Value.Since < oldest ? callers.First!.Value.Since : oldest;
            }

            return oldest;
        }
    }

    public void Enter(long number, Source source, TimeSpan now)
    {
        if (!_bySource.TryGetValue(source, out var callers))
        {
            _bySource.Add(source, callers = []);
        }

        _byNumber.Add(number, callers.AddLast(new Caller(number, source, now)));
    }

    /// <summary>False when nobody of this number is here.</summary>
    public bool Leave(long number)
    {
        if (!_byNumber.Remove(number, out var node))
        {
            return false;
        }

        var callers = node.List!;
        callers.Remove(node);
        if (callers.Count == 0)
        {
            _bySource.Remove(node.Value.Source);
        }

        return true;
    }

    /// <summary>Who is to go for somebody else; null when nobody has been here since <paramref name="before"/> or longer.</summary>
    public long? Choose(TimeSpan before)
    {
        LinkedList<Caller>? busiest = null;
        foreach (var callers in _bySource.Values)
        {
            var first = callers.First!.Value.Since;
            if (first <= before && (busiest is null || callers.Count > busiest.Count
                || (callers.Count == busiest.Count && first < busiest.First!.Value.Since)))
            {
                busiest = callers;
            }
        }

        return busiest?.First!.Value.Number;
    }

    private readonly record struct Caller(long Number, Source Source, TimeSpan Since);
}
