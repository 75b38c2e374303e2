using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Ushering;

/// <summary>A UDP datagram with its IP header, as a raw socket takes it (RFC 768, 791, 8200).</summary>
internal static class Packet
{
    private const int UdpHeader = 8;
    private const int HeaderV4 = 20;
    private const int HeaderV6 = 40;
    private const byte HopLimit = 64;
    private const byte Udp = 17;

    /// <summary>False when the kernel did not take it.</summary>
    public static bool TrySend(int rawSocket, IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> payload)
    {
        var packet = Build(from, to, payload);
        return Libc.send(rawSocket, packet, (nuint)packet.Length, Libc.MSG_NOSIGNAL) == packet.Length;
    }

    public static byte[] Build(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> payload)
    {
        var isV4 = from.AddressFamily == AddressFamily.InterNetwork;
        var header = isV4 ? HeaderV4 : HeaderV6;
        var packet = new byte[header + UdpHeader + payload.Length];
        var udp = packet.AsSpan(header);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[UdpHeader..]);
        if (isV4)
        {
            WriteV4(packet, from.Address, to.Address);
        }
        else
        {
            WriteV6(packet, from.Address, to.Address);
            BinaryPrimitives.WriteUInt16BigEndian(udp[6..], Checksum(packet.AsSpan(8, 32), udp));
        }

        return packet;
    }

    // The kernel fills in what is 0: length, identification, checksum (raw(7)). A UDP checksum of 0 says that there is none.
    private static void WriteV4(Span<byte> packet, IPAddress from, IPAddress to)
    {
        packet[0] = 0x45;
        packet[8] = HopLimit;
        packet[9] = Udp;
        _ = from.TryWriteBytes(packet[12..], out _);
        _ = to.TryWriteBytes(packet[16..], out _);
    }

    private static void WriteV6(Span<byte> packet, IPAddress from, IPAddress to)
    {
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(packet.Length - HeaderV6));
        packet[6] = Udp;
        packet[7] = HopLimit;
        _ = from.TryWriteBytes(packet[8..], out _);
        _ = to.TryWriteBytes(packet[24..], out _);
    }

    // RFC 8200, 8.1: over both addresses, the length, the protocol and the datagram; never 0.
    private static ushort Checksum(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> udp)
    {
        var sum = Sum(addresses) + Sum(udp) + (uint)udp.Length + Udp;
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        var checksum = (ushort)~sum;
        return checksum == 0 ? ushort.MaxValue : checksum;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }
}
