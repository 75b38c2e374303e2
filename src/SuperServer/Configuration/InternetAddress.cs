using System.Buffers.Binary;
using System.Net;

namespace SuperServer.Configuration;

/// <summary>
/// An IPv4 or IPv6 address as a plain value. It is canonical from the start: an IPv4 client of an IPv6 socket
/// (<c>::ffff:192.0.2.1</c>) is an IPv4 client, so that no limit or list ever takes one host for two.
/// </summary>
internal readonly record struct InternetAddress
{
    private InternetAddress(UInt128 bits, bool isV4, uint scope) => (Bits, IsV4, Scope) = (bits, isV4, scope);

    /// <summary>128 bits of IPv6, or the 32 of IPv4, most significant first.</summary>
    public UInt128 Bits { get; }

    public bool IsV4 { get; }

    /// <summary>The interface of a link-local IPv6 address; 0 for all others.</summary>
    public uint Scope { get; }

    public bool IsWildcard => Bits == 0;

    public static InternetAddress FromV4(uint bits) => new(bits, isV4: true, scope: 0);

    public static InternetAddress FromV6(ReadOnlySpan<byte> sixteenBytes, uint scope)
    {
        var bits = BinaryPrimitives.ReadUInt128BigEndian(sixteenBytes);
        return bits >> 32 == 0xffff ? FromV4((uint)bits) : new(bits, isV4: false, scope);
    }

    public static InternetAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : FromV6(bytes, (uint)address.ScopeId);
    }

    /// <summary>Writes the textual form of RFC 5952 as ASCII; IPv4 without a single allocation. 0 when there is no room.</summary>
    public int Format(Span<byte> utf8)
    {
        if (!IsV4)
        {
            return ToIPAddress().TryFormat(utf8, out var written) ? written : 0;
        }

        var length = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            if (!((byte)((uint)Bits >> shift)).TryFormat(utf8[length..], out var digits) || length + digits >= utf8.Length)
            {
                return 0;
            }

            length += digits;
            utf8[length++] = (byte)'.';
        }

        return length - 1;
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return IsV4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, Scope);
    }

    public override string ToString() => ToIPAddress().ToString();
}
