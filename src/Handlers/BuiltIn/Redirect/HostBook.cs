using System.Collections.Concurrent;
using System.Net;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// The addresses of hosts, looked up again for each connection that comes later than a moment after the last. A resolver blocks for as
/// long as it likes, so each host that is asked for has a thread of its own meanwhile, never more than one; who waits for it is told on
/// the thread of the loop.
/// </summary>
/// <param name="find">Blocks; no addresses when there are none.</param>
/// <param name="clock">Ages the answers.</param>
internal sealed class HostBook(Func<string, IReadOnlyList<IPAddress>> find, TimeProvider clock)
{
    /// <summary>Long enough that a burst asks once, short enough that a moved host is found.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(5);

    /// <summary>That there is no address may change at any moment.</summary>
    public static readonly TimeSpan LifeOfNothing = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (IReadOnlyList<IPAddress> Addresses, long Since)> _known = [];
    private readonly Dictionary<string, List<Action<IReadOnlyList<IPAddress>>>> _waiting = [];
    private readonly ConcurrentQueue<(string Host, IReadOnlyList<IPAddress> Addresses)> _found = new();

    /// <summary>Readable when <see cref="Deliver"/> has something to do.</summary>
    public int Descriptor { get; } = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);

    /// <summary>What was found a moment ago; null when it has to be asked.</summary>
    public IReadOnlyList<IPAddress>? Recent(string host) =>
        _known.TryGetValue(host, out var known)
        && clock.GetElapsedTime(known.Since) < (known.Addresses.Count > 0 ? Life : LifeOfNothing)
            ? known.Addresses
            : null;

    /// <param name="host">Whose addresses.</param>
    /// <param name="told">Called by <see cref="Deliver"/>.</param>
    public void Ask(string host, Action<IReadOnlyList<IPAddress>> told)
    {
        if (_waiting.TryGetValue(host, out var others))
        {
            others.Add(told);
            return;
        }

        _waiting.Add(host, [told]);
        new Thread(() => Find(host)) { IsBackground = true, Name = "lookup" }.Start();
    }

    public void Deliver()
    {
        _ = Libc.read(Descriptor, stackalloc byte[sizeof(ulong)], sizeof(ulong));
        while (_found.TryDequeue(out var found))
        {
            _known[found.Host] = (found.Addresses, clock.GetTimestamp());
            if (_waiting.Remove(found.Host, out var all))
            {
                all.ForEach(told => told(found.Addresses));
            }
        }
    }

    private void Find(string host)
    {
        _found.Enqueue((host, find(host)));
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = Libc.write(Descriptor, one, (nuint)one.Length);
    }
}
