using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// The address of this host that a datagram was sent to (IP_PKTINFO, IPV6_PKTINFO). Given back to the kernel with the answer it becomes
/// the answer's sender; without it a host with several addresses answers from the one the route prefers, and the client drops that.
/// </summary>
/// <param name="Address">Ours: for a broadcast the address it came in by.</param>
/// <param name="Interface">Needed for link-local addresses only, and 0 for all others.</param>
/// <param name="IsUnicast">It was sent to this host, not to everybody or to a group.</param>
internal readonly record struct LocalAddress(IPAddress Address, int Interface, bool IsUnicast)
{
    // Control messages are aligned as size_t is; we build for 64 bits only.
    private const int Alignment = 8;

    private static int HeaderSize => Unsafe.SizeOf<Libc.CmsgHdr>();

    /// <summary>Asks the kernel to say it with each datagram; a Unix socket knows no such thing and goes without.</summary>
    public static void AskFor(int socket)
    {
        ReadOnlySpan<byte> on = [1, 0, 0, 0];
        _ = Libc.setsockopt(socket, Libc.IPPROTO_IP, Libc.IP_PKTINFO, on, (uint)on.Length);
        _ = Libc.setsockopt(socket, Libc.IPPROTO_IPV6, Libc.IPV6_RECVPKTINFO, on, (uint)on.Length);
    }

    /// <summary>Finds it among the control messages. An IPv6 socket says both for an IPv4 datagram: IPv4's, which comes first, knows more.</summary>
    public static LocalAddress? Find(ReadOnlySpan<byte> control)
    {
        while (control.Length >= HeaderSize)
        {
            var header = MemoryMarshal.Read<Libc.CmsgHdr>(control);
            var length = (int)header.cmsg_len;
            if (length < HeaderSize || length > control.Length)
            {
                return null;
            }

            if (Read(header, control[HeaderSize..length]) is { } found)
            {
                return found;
            }

            control = control[Math.Min(control.Length, (length + Alignment - 1) & ~(Alignment - 1))..];
        }

        return null;
    }

    /// <summary>Writes the control message that makes it the sender; gives the bytes it took.</summary>
    public int Write(Span<byte> control)
    {
        var isV4 = Address.AddressFamily == AddressFamily.InterNetwork;
        var (level, type, size) = isV4 ? (Libc.IPPROTO_IP, Libc.IP_PKTINFO, 12) : (Libc.IPPROTO_IPV6, Libc.IPV6_PKTINFO, 20);
        var space = (HeaderSize + size + Alignment - 1) & ~(Alignment - 1);
        control[..space].Clear();
        MemoryMarshal.Write(control, new Libc.CmsgHdr
        {
            cmsg_len = (nuint)(HeaderSize + size),
            cmsg_level = level,
            cmsg_type = type,
        });

        var data = control[HeaderSize..];
        _ = Address.TryWriteBytes(isV4 ? data[4..8] : data[..16], out _);
        MemoryMarshal.Write(isV4 ? data : data[16..], Interface);
        return space;
    }

    private static LocalAddress? Read(Libc.CmsgHdr header, ReadOnlySpan<byte> data) =>
        (header.cmsg_level, header.cmsg_type, data.Length) switch
        {
            (Libc.IPPROTO_IP, Libc.IP_PKTINFO, 12) => ReadV4(data),
            (Libc.IPPROTO_IPV6, Libc.IPV6_PKTINFO, 20) => ReadV6(data),
            _ => null,
        };

    // struct in_pktinfo: the interface, our address for it, the address in the packet. Sent to us alone, the last two are the same. The
    // second is empty when the datagram came before we asked, as the one that an inetd starts us for does. Then the kernel decides: it
    // sends nothing from an address that is not this host's alone.
    private static LocalAddress ReadV4(ReadOnlySpan<byte> data)
    {
        var ours = data[4..8];
        var inPacket = data[8..12];
        var cameBefore = !ours.ContainsAnyExcept((byte)0);
        return new LocalAddress(
            new IPAddress(cameBefore ? inPacket : ours),
            Interface: 0,
            IsUnicast: cameBefore || ours.SequenceEqual(inPacket));
    }

    // struct in6_pktinfo: the address in the packet, the interface.
    private static LocalAddress ReadV6(ReadOnlySpan<byte> data)
    {
        var address = new IPAddress(data[..16]);
        return new LocalAddress(
            address,
            address.IsIPv6LinkLocal ? MemoryMarshal.Read<int>(data[16..]) : 0,
            IsUnicast: !address.IsIPv6Multicast);
    }
}
