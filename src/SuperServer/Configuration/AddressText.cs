namespace SuperServer.Configuration;

/// <summary>
/// Reads addresses as people write them, strictly: no octal, no missing parts, no scope. It allocates nothing, since sets have
/// a million lines.
/// </summary>
internal static class AddressText
{
    private const int Groups = 8;

    /// <summary>Four decimal numbers without leading zeros, which some programs take for octal.</summary>
    public static bool TryParseV4(ReadOnlySpan<byte> text, out uint bits)
    {
        bits = 0;
        for (var part = 0; part < 4; part++)
        {
            var digits = DigitsAt(text);
            if (digits is 0 or > 3 || (digits > 1 && text[0] == '0') || !Take(text[..digits], ref bits))
            {
                return false;
            }

            text = text[digits..];
            if (part < 3 && (text.IsEmpty || text[0] != '.'))
            {
                return false;
            }

            text = part < 3 ? text[1..] : text;
        }

        return text.IsEmpty;
    }

    /// <summary>Up to eight groups of hexadecimal digits, one "::" for the zeros, and perhaps the last 32 bits as IPv4.</summary>
    public static bool TryParseV6(ReadOnlySpan<byte> text, out UInt128 bits)
    {
        Span<ushort> groups = stackalloc ushort[Groups];
        var (count, gap, at) = (0, -1, 0);
        bits = 0;
        if (text.StartsWith("::"u8))
        {
            (gap, at) = (0, 2);
        }

        while (at < text.Length)
        {
            if (count == Groups || !TakeGroup(text, ref at, groups, ref count) || !TakeColon(text, ref at, count, ref gap))
            {
                return false;
            }
        }

        bits = Join(groups, count, gap);
        return gap < 0 ? count == Groups : count < Groups;
    }

    private static bool Take(ReadOnlySpan<byte> digits, ref uint bits)
    {
        var value = 0u;
        foreach (var digit in digits)
        {
            value = value * 10 + digit - '0';
        }

        bits = bits << 8 | value;
        return value <= byte.MaxValue;
    }

    private static int DigitsAt(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit((char)text[count]))
        {
            count++;
        }

        return count;
    }

    private static bool TakeGroup(ReadOnlySpan<byte> text, ref int at, Span<ushort> groups, ref int count)
    {
        var (end, value) = (at, 0);
        while (end < text.Length && end - at <= 4 && char.IsAsciiHexDigit((char)text[end]))
        {
            value = value << 4 | HexValue(text[end++]);
        }

        if (end < text.Length && text[end] == '.')
        {
            return TakeV4(text[at..], ref at, groups, ref count);
        }

        var digits = end - at;
        groups[count++] = (ushort)value;
        at = end;
        return digits is > 0 and <= 4;
    }

    private static bool TakeV4(ReadOnlySpan<byte> rest, ref int at, Span<ushort> groups, ref int count)
    {
        if (count > Groups - 2 || !TryParseV4(rest, out var v4))
        {
            return false;
        }

        groups[count++] = (ushort)(v4 >> 16);
        groups[count++] = (ushort)v4;
        at += rest.Length;
        return true;
    }

    private static bool TakeColon(ReadOnlySpan<byte> text, ref int at, int count, ref int gap)
    {
        if (at == text.Length)
        {
            return true;
        }

        if (text[at++] != ':' || at == text.Length)
        {
            return false;
        }

        if (text[at] == ':')
        {
            at++;
            (var isSecond, gap) = (gap >= 0, count);
            return !isSecond;
        }

        return true;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static UInt128 Join(ReadOnlySpan<ushort> groups, int count, int gap)
    {
        var (high, low) = (0ul, 0ul);
        for (var index = 0; index < Groups; index++)
        {
            var from = gap < 0 || index < gap ? index : index - (Groups - count);
            var group = from >= 0 && from < count && (gap < 0 || index < gap || from >= gap) ? groups[from] : 0ul;
            (high, low) = index < Groups / 2 ? (high << 16 | group, low) : (high, low << 16 | group);
        }

        return new UInt128(high, low);
    }
}
