using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>getaddrinfo(3), which sorts what it finds by what this host can reach (RFC 6724), /etc/hosts included. It blocks.</summary>
internal static class HostAddresses
{
    public static unsafe IReadOnlyList<IPAddress> Find(string host)
    {
        var hints = new Libc.AddrInfo { ai_socktype = Libc.SOCK_STREAM };
        if (Libc.getaddrinfo(host, null, hints, out var first) != 0)
        {
            return [];
        }

        var found = new List<IPAddress>();
        for (var entry = first; entry is not null; entry = entry->ai_next)
        {
            if (SocketName.Parse(new ReadOnlySpan<byte>(entry->ai_addr, (int)entry->ai_addrlen)).Address is { } address)
            {
                found.Add(address);
            }
        }

        Libc.freeaddrinfo(first);
        return found;
    }

    /// <summary>The families by turns, beginning with the one that came first (RFC 8305): a family that is broken costs one delay, not all.</summary>
    public static IEnumerable<IPAddress> ByTurns(IReadOnlyList<IPAddress> addresses)
    {
        var first = addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily).ToList();
        var second = addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily).ToList();
        for (var turn = 0; turn < Math.Max(first.Count, second.Count); turn++)
        {
            foreach (var family in (List<IPAddress>[])[first, second])
            {
                if (turn < family.Count)
                {
                    yield return family[turn];
                }
            }
        }
    }
}
