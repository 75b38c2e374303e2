using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// Sources that may come to no service for a while, since they have touched a sensor or a handler asked for it. Each offence
/// doubles the time, each quiet day halves it again. Of more than it can remember it forgets those who may come again first.
/// </summary>
internal sealed class BarredSources
{
    /// <summary>Sources that are remembered at once.</summary>
    public const int Most = 100_000;

    private readonly SourceTable<Bar> _bars;
    private readonly LengthsInUse _lengths = new();

    /// <param name="most">Sources that are remembered at once.</param>
    public BarredSources(int most = Most) => _bars = new SourceTable<Bar>(most);

    /// <summary>How many are remembered, barred or not.</summary>
    public int Count => _bars.Count;

    /// <summary>Counts changes, so that whoever writes the bars to a file knows when to.</summary>
    public long Version { get; private set; }

    /// <summary>An offence, worth so much the first time. The bar that holds now.</summary>
    public Bar Add(Source source, TimeSpan length, string by, TimeSpan now)
    {
        Forget(now);
        var bar = Bar.After(_bars.Find(source), length, by, now);
        Put(source, bar);
        return bar;
    }

    /// <summary>The bar that keeps this client out the longest, and whom it bars; null when he may come.</summary>
    public (Source Source, Bar Bar)? Find(in Peer peer, TimeSpan now)
    {
        if (_bars.Count == 0)
        {
            return null;
        }

        if (peer.IsUnix || peer.Name.Vsock is not null)
        {
            var source = Source.Of(peer, SourcePrefix.Usual);
            return _bars.Find(source) is { } own && own.Holds(now) ? (source, own) : null;
        }

        return Find(peer.Name.Address, now);
    }

    /// <summary>Frees whoever has to do with this network or user. How many bars that were.</summary>
    public int Lift(Source network) => RemoveWhere(source => source.Overlaps(network));

    /// <summary>Who is remembered; the one that may come again last comes first.</summary>
    public IReadOnlyList<(Source Source, Bar Bar)> All() => [.. _bars.All().OrderByDescending(entry => entry.Value.Until)];

    /// <summary>Remembers what a file or another daemon has remembered; what would be forgotten by now is left out.</summary>
    public void Recall(IEnumerable<(Source Source, Bar Bar)> bars, TimeSpan now)
    {
        foreach (var (source, bar) in bars.Where(entry => entry.Bar.StrikesLeft(now) > 0))
        {
            Put(source, bar);
        }
    }

    private (Source Source, Bar Bar)? Find(in InternetAddress address, TimeSpan now)
    {
        (Source Source, Bar Bar)? worst = null;
        var family = address.IsV4 ? Source.Kind.V4 : Source.Kind.V6;
        foreach (var length in _lengths.Of(family))
        {
            var source = Source.Network(address.Bits, family, length);
            if (_bars.Find(source) is { } bar && bar.Holds(now) && !(worst?.Bar.Until >= bar.Until))
            {
                worst = (source, bar);
            }
        }

        return worst;
    }

    private void Put(Source source, Bar bar)
    {
        if (_bars.Find(source) is null)
        {
            if (_bars.IsFull)
            {
                Remove(_bars.LeastSource);
            }

            _lengths.Add(source);
        }

        _bars.Set(source, bar);
        Version++;
    }

    private void Remove(Source source)
    {
        _bars.Remove(source);
        _lengths.Remove(source);
        Version++;
    }

    private int RemoveWhere(Func<Source, bool> isMeant)
    {
        var meant = _bars.All().Select(entry => entry.Source).Where(isMeant).ToArray();
        Array.ForEach(meant, Remove);
        return meant.Length;
    }

    // Who ends first is not always who is forgotten first, but nearly: two for each that comes keep the table short.
    private void Forget(TimeSpan now)
    {
        for (var count = 0; count < 2 && _bars.Count > 0 && _bars.Least.StrikesLeft(now) == 0; count++)
        {
            Remove(_bars.LeastSource);
        }
    }

    /// <summary>How long the networks are that are barred: a client is looked for in one of each length.</summary>
    private sealed class LengthsInUse
    {
        private readonly int[][] _counts = [new int[33], new int[129], new int[1], new int[1]];
        private readonly byte[][] _used = [[], [], [], []];

        public byte[] Of(Source.Kind family) => _used[(int)family];

        public void Add(in Source source) => Count(source, 1);

        public void Remove(in Source source) => Count(source, -1);

        private void Count(in Source source, int change)
        {
            var counts = _counts[(int)source.Family];
            var wasUsed = counts[source.Length] > 0;
            counts[source.Length] += change;
            if (wasUsed != counts[source.Length] > 0)
            {
                var used = Enumerable.Range(0, counts.Length).Where(length => counts[length] > 0);
                _used[(int)source.Family] = [.. used.Select(length => (byte)length)];
            }
        }
    }
}
