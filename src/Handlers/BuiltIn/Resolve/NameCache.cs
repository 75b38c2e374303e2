using System.Net;

namespace SuperServer.Handlers.BuiltIn.Resolve;

/// <summary>The names found lately, that an address has none included. Bounded: the oldest go first.</summary>
internal sealed class NameCache(TimeProvider clock)
{
    public const int Most = 10_000;

    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>A resolver that did not answer may soon do so.</summary>
    public static readonly TimeSpan LifeOfSilence = TimeSpan.FromSeconds(30);

    private readonly Dictionary<IPAddress, Entry> _entries = [];
    private readonly Queue<(IPAddress Address, Entry Entry)> _inOrder = new();

    public int Count => _entries.Count;

    public bool TryGet(IPAddress address, out string? name)
    {
        var isFresh = _entries.TryGetValue(address, out var entry) && clock.GetElapsedTime(entry.Since) < entry.Life;
        name = isFresh ? entry!.Name : null;
        return isFresh;
    }

    public void Keep(IPAddress address, Finding finding)
    {
        var life = finding.State == FindingState.TimedOut ? LifeOfSilence : Life;
        var entry = new Entry(finding.Trusted, clock.GetTimestamp(), life);
        _entries[address] = entry;
        _inOrder.Enqueue((address, entry));
        while (_inOrder.Count > Most)
        {
            var (oldest, its) = _inOrder.Dequeue();
            if (ReferenceEquals(_entries.GetValueOrDefault(oldest), its))
            {
                _entries.Remove(oldest);
            }
        }
    }

    private sealed record Entry(string? Name, long Since, TimeSpan Life);
}
