using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers;

/// <summary>
/// One reverse lookup with its confirmation, by the system's resolver, so that /etc/hosts and names of the own network count.
/// It blocks for as long as the resolver likes: for threads of its own only.
/// </summary>
internal static class ReverseLookup
{
    // sin_addr and sin6_addr, from the beginning of the socket address.
    private const int OffsetOfV4 = 4;
    private const int OffsetOfV6 = 8;

    /// <summary>Called before the first lookup: the resolver's own patience, 5 s twice by default, is longer than anybody waits.</summary>
    public static void LimitPatience() => _ = Libc.setenv("RES_OPTIONS", "timeout:2 attempts:1", 0);

    public static Finding Find(IPAddress address) => Find(address, Pointer, Forward, (owner, name) => HostsFile.Calls(owner, name));

    /// <summary>The addresses of a host, of both families; none when there is no answer. It blocks as well.</summary>
    public static IReadOnlyList<IPAddress> Addresses(string host) =>
        [.. Forward(host, AddressFamily.InterNetwork), .. Forward(host, AddressFamily.InterNetworkV6)];

    /// <summary>The rules, apart from the resolver.</summary>
    /// <param name="address">Whose name.</param>
    /// <param name="pointer">The reverse name, or why there is none.</param>
    /// <param name="forward">The addresses of a name; none when there is none.</param>
    /// <param name="isOurs">Whether this host itself calls the address so.</param>
    public static Finding Find(
        IPAddress address,
        Func<IPAddress, (FindingState State, string? Answer)> pointer,
        Func<string, AddressFamily, IPAddress[]> forward,
        Func<IPAddress, string, bool>? isOurs = null)
    {
        var (state, answer) = pointer(address);
        if (answer is null)
        {
            return new Finding(state);
        }

        var mayBeShort = !answer.Contains('.', StringComparison.Ordinal) && isOurs?.Invoke(address, answer) == true;
        if (HostName.Valid(answer, address, mayBeShort ? 1 : 2) is not { } name)
        {
            return new Finding(FindingState.Malformed);
        }

        var confirmed = forward(name, address.AddressFamily).Any(other => IsSame(address, other));
        return new Finding(confirmed ? FindingState.Confirmed : FindingState.Claimed, name);
    }

    // The scope of a link-local address is the asker's own business: compared are the bytes.
    private static bool IsSame(IPAddress address, IPAddress other) =>
        Plain(address).GetAddressBytes().AsSpan().SequenceEqual(Plain(other).GetAddressBytes());

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static (FindingState State, string? Answer) Pointer(IPAddress address)
    {
        var socketAddress = new IPEndPoint(address, 0).Serialize();
        Span<byte> host = stackalloc byte[Libc.NI_MAXHOST];
        var error = Libc.getnameinfo(
            socketAddress.Buffer.Span, (uint)socketAddress.Size, host, (uint)host.Length, [], 0, Libc.NI_NAMEREQD);
        return error switch
        {
            0 => (FindingState.Claimed, Encoding.Latin1.GetString(host[..host.IndexOf((byte)0)])),
            Libc.EAI_NONAME => (FindingState.None, null),
            _ => (FindingState.TimedOut, null),
        };
    }

    private static unsafe IPAddress[] Forward(string name, AddressFamily family)
    {
        var hints = new Libc.AddrInfo
        {
            ai_family = family == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6,
            ai_socktype = Libc.SOCK_STREAM,
        };
        if (Libc.getaddrinfo(name, null, hints, out var first) != 0)
        {
            return [];
        }

        var found = new List<IPAddress>();
        for (var entry = first; entry is not null; entry = entry->ai_next)
        {
            var (offset, length) = family == AddressFamily.InterNetwork ? (OffsetOfV4, 4) : (OffsetOfV6, 16);
            found.Add(new IPAddress(new ReadOnlySpan<byte>(entry->ai_addr + offset, length)));
        }

        Libc.freeaddrinfo(first);
        return [.. found];
    }
}
