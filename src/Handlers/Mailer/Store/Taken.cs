namespace SuperServer.Handlers.Mailer;

/// <summary>What was new in a batch, as far as it makes a stream move: in numbers, for a flood has no names.</summary>
internal sealed class Taken
{
    private readonly List<Arrival> _arrivals = [];

    /// <summary>Touches of one second, of one class.</summary>
    public sealed record Arrival(StreamClass Class, DateTimeOffset At, long Connections, bool IsNews);

    /// <summary>New touches that are not ignored; those that were only counted are not among them.</summary>
    public int Touches { get; private set; }

    /// <summary>Connections that were only counted.</summary>
    public long Counted { get; private set; }

    public bool IsNothing => _arrivals.Count == 0;

    public IReadOnlyList<Arrival> Arrivals => _arrivals;

    public void AddTouch(StreamClass streamClass, DateTimeOffset at, bool isNews)
    {
        Touches++;
        Add(new Arrival(streamClass, at, 1, isNews));
    }

    public void AddCounted(StreamClass streamClass, DateTimeOffset at, long connections)
    {
        Counted += connections;
        Add(new Arrival(streamClass, at, connections, IsNews: false));
    }

    public void Add(Taken other)
    {
        Touches += other.Touches;
        Counted += other.Counted;
        other._arrivals.ForEach(Add);
    }

    private void Add(Arrival arrival)
    {
        if (_arrivals is [.., var last] && last.Class == arrival.Class && last.At.ToUnixTimeSeconds() == arrival.At.ToUnixTimeSeconds())
        {
            _arrivals[^1] = last with { Connections = last.Connections + arrival.Connections, IsNews = last.IsNews || arrival.IsNews };
        }
        else
        {
            _arrivals.Add(arrival);
        }
    }
}
