using System.Buffers.Binary;
using System.Globalization;

namespace SuperServer.Configuration;

/// <summary>A block of addresses: all that begin with the same bits. One address is the smallest network.</summary>
/// <param name="Address">The first address; the bits after <paramref name="Length"/> are zero.</param>
/// <param name="Length">How many bits count: 0 to 32, or to 128.</param>
internal readonly record struct Network(InternetAddress Address, int Length)
{
    public int Width => WidthOf(Address);

    public static int WidthOf(in InternetAddress address) => address.IsV4 ? 32 : 128;

    /// <summary>The network of that length that an address lies in.</summary>
    public static Network Around(in InternetAddress address, int length)
    {
        var away = WidthOf(address) - length;
        var bits = away >= 128 ? 0 : address.Bits >> away << away;
        return new Network(Made(bits, address.IsV4), length);
    }

    /// <summary>As strict as <see cref="NetworkText"/> explains; allocates nothing.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Network network)
    {
        network = default;
        var slash = text.IndexOf((byte)'/');
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var width = WidthOf(address);
        var length = slash < 0 ? width : ParseLength(text[(slash + 1)..], width);
        network = length < 0 ? default : Around(address, length);
        return length >= 0 && network.Address == address;
    }

    /// <summary>An address alone. IPv4 in IPv6 form is none: it would never be compared with anything.</summary>
    public static bool TryParseAddress(ReadOnlySpan<byte> text, out InternetAddress address)
    {
        address = default;
        if (!text.Contains((byte)':'))
        {
            var isV4 = AddressText.TryParseV4(text, out var v4);
            address = InternetAddress.FromV4(v4);
            return isV4;
        }

        if (!AddressText.TryParseV6(text, out var bits) || bits >> 32 == 0xffff)
        {
            return false;
        }

        address = Made(bits, isV4: false);
        return true;
    }

    public bool Contains(in InternetAddress address) =>
        address.IsV4 == Address.IsV4 && Around(address, Length).Address.Bits == Address.Bits;

    public override string ToString() => Length == Width ? $"{Address}" : $"{Address}/{Length}";

    private static int ParseLength(ReadOnlySpan<byte> digits, int width) =>
        digits.Length is 1 or 2 or 3 && (digits.Length == 1 || digits[0] != '0')
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= width ? length : -1;

    private static InternetAddress Made(UInt128 bits, bool isV4)
    {
        if (isV4)
        {
            return InternetAddress.FromV4((uint)bits);
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return InternetAddress.FromV6(bytes, scope: 0);
    }
}
