using System.Net;
using System.Net.Sockets;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// Decides whether a datagram may be answered at all. Its sender can be forged, so an answer can be aimed: at another small service,
/// which answers back for ever, or at everybody on a network.
/// </summary>
internal static class ReflectionGuard
{
    // Every service that might answer back is below this one: 7, 9, 13, 19, 37, 53, 123, 161, 389 …
    private const int FirstUnprivileged = 1024;

    // With the headers around it, an answer of this length to nothing is not worth a forger's while.
    private const int Small = 128;

    /// <summary>How long an answer may be that could be aimed at somebody: as long as the question, or small.</summary>
    public static int MostFor(ReadOnlySpan<byte> question) => Math.Max(question.Length, Small);

    /// <param name="source">Whoever the datagram says it is from; a Unix sender has no address and cannot be forged.</param>
    /// <param name="asked">Where it was sent to, when the kernel told us.</param>
    /// <param name="ownPort">The service's own port, where a twin of it may listen on another host.</param>
    public static bool MayAnswer(SocketName source, LocalAddress? asked, int? ownPort) =>
        source.Address is null
        || (source.Port >= FirstUnprivileged && source.Port != ownPort && IsFromOneToOne(source, asked));

    /// <summary>Neither sent to many nor, as it claims, from many: the least that an answer of any kind has to ask.</summary>
    public static bool IsFromOneToOne(SocketName source, LocalAddress? asked) =>
        source.Address is null || (source.Port != 0 && IsOneHost(source.Address) && asked is not { IsUnicast: false });

    private static bool IsOneHost(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any);
        }

        // 0/8 is nobody, 224/4 is a group, above it is reserved or everybody.
        Span<byte> bytes = stackalloc byte[4];
        _ = address.TryWriteBytes(bytes, out _);
        return bytes[0] is > 0 and < 224;
    }
}
