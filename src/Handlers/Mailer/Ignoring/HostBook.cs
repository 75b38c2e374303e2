using System.Collections.Concurrent;
using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The addresses of the hosts on the ignore list, asked for forward (never by the visitor's own reverse name, which he writes himself)
/// at the start and every hour, on the resolver's threads. An answer that does not come leaves the last one standing.
/// </summary>
internal sealed class HostBook(Resolvers resolvers, Func<string, IReadOnlyList<IPAddress>> find, TimeProvider clock)
{
    private static readonly TimeSpan _life = TimeSpan.FromHours(1);
    private static readonly TimeSpan _again = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, IReadOnlyList<IPAddress>> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _asked = new(StringComparer.Ordinal);

    public IReadOnlyList<IPAddress> AddressesOf(string host) => _addresses.GetValueOrDefault(host) ?? [];

    /// <summary>Asks for those that are new or an hour old, and for those without an answer after a minute.</summary>
    public void Refresh(IEnumerable<string> hosts)
    {
        foreach (var host in hosts.Where(IsDue).ToArray())
        {
            if (resolvers.Do(() => Find(host)))
            {
                _asked[host] = clock.GetTimestamp();
            }
        }
    }

    private bool IsDue(string host) =>
        !_asked.TryGetValue(host, out var asked)
        || clock.GetElapsedTime(asked) >= (_addresses.ContainsKey(host) ? _life : _again);

    private void Find(string host)
    {
        if (find(host) is { Count: > 0 } found)
        {
            _addresses[host] = [.. found.Select(Networks.Plain)];
        }
    }
}
