using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Names for what a command shows: those that the mailer knows, and for the first of the others the resolver is asked, if it may be.
/// Nothing is kept, for the store is the mailer's.
/// </summary>
internal sealed class NamesBeside(Store store, bool mayAsk, TimeProvider clock)
{
    private const int MostAsked = 20;
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(20);

    public Dictionary<IPAddress, Finding> Find(IEnumerable<IPAddress> addresses)
    {
        var names = addresses.Distinct().ToDictionary(address => address, address => store.NameOf(address) ?? Finding.NotAsked);
        foreach (var (address, finding) in mayAsk ? Asked(names.Where(entry => entry.Value.State == FindingState.NotAsked).Select(entry => entry.Key)) : [])
        {
            names[address] = finding;
        }

        return names;
    }

    private Dictionary<IPAddress, Finding> Asked(IEnumerable<IPAddress> unknown)
    {
        List<IPAddress> asked = [.. unknown.Take(MostAsked)];
        if (asked.Count == 0)
        {
            return [];
        }

        ReverseLookup.LimitPatience();
        var resolvers = new Resolvers(ReverseLookup.Find, clock);
        asked.ForEach(resolvers.Ask);
        var limit = Environment.TickCount64 + (long)NameDesk.Patience.TotalMilliseconds;
        while (asked.Any(resolvers.IsOpen) && Environment.TickCount64 < limit)
        {
            Thread.Sleep(_glance);
        }

        var found = asked.ToDictionary(address => address, _ => Finding.TimedOut);
        resolvers.Collect().ForEach(entry => found[entry.Key] = entry.Value);
        return found;
    }
}
