using System.Buffers;
using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>Version 1, a line of text: <c>PROXY TCP4 192.0.2.7 192.0.2.1 51234 443</c> and CR LF, in exactly this form.</summary>
internal static class ProxyLine
{
    /// <summary>With CR LF; the specification has counted it.</summary>
    public const int Longest = 107;

    private const int Fields = 5;
    private const int Octets = 4;
    private static readonly SearchValues<byte> _ofVersion6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    public static ReadOnlySpan<byte> Signature => "PROXY "u8;

    public static Reading Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes[..Math.Min(bytes.Length, Longest)].IndexOf((byte)'\n');
        if (end < 0)
        {
            return bytes.Length < Longest ? Reading.Incomplete : new Reading.Wrong(Failure.TooLong);
        }

        return end > Signature.Length && bytes[end - 1] == (byte)'\r'
            ? Interpret(bytes[Signature.Length..(end - 1)], end + 1)
            : ProxyHeader.Malformed;
    }

    // What stands behind UNKNOWN is to be ignored.
    private static Reading Interpret(ReadOnlySpan<byte> line, int length)
    {
        Span<Range> fields = stackalloc Range[Fields];
        if (line.SequenceEqual("UNKNOWN"u8) || line.StartsWith("UNKNOWN "u8))
        {
            return ProxyHeader.Own(length);
        }

        return Split(line, fields)
            && Address(line[fields[0]], line[fields[1]]) is { } source
            && Address(line[fields[0]], line[fields[2]]) is { } destination
            && Number(line[fields[3]], ushort.MaxValue) is { } sourcePort
            && Number(line[fields[4]], ushort.MaxValue) is { } destinationPort
                ? ProxyHeader.For(length, source, sourcePort, destination, destinationPort)
                : ProxyHeader.Malformed;
    }

    private static bool Split(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        var count = 0;
        foreach (var field in line.Split((byte)' '))
        {
            if (count == fields.Length)
            {
                return false;
            }

            fields[count++] = field;
        }

        return count == fields.Length;
    }

    private static IPAddress? Address(ReadOnlySpan<byte> family, ReadOnlySpan<byte> text) =>
        family.SequenceEqual("TCP4"u8) ? Version4(text)
        : family.SequenceEqual("TCP6"u8) ? Version6(text)
        : null;

    private static IPAddress? Version4(ReadOnlySpan<byte> text)
    {
        Span<byte> address = stackalloc byte[Octets];
        var count = 0;
        foreach (var field in text.Split((byte)'.'))
        {
            if (count == Octets || Number(text[field], byte.MaxValue) is not { } octet)
            {
                return null;
            }

            address[count++] = (byte)octet;
        }

        return count == Octets ? new IPAddress(address) : null;
    }

    // The framework's parser is more generous than the specification: it knows zones, brackets and octal numbers.
    private static IPAddress? Version6(ReadOnlySpan<byte> text)
    {
        var last = text[(text.LastIndexOf((byte)':') + 1)..];
        var isStrict = last.Length < text.Length
            && !text.ContainsAnyExcept(_ofVersion6)
            && (!text.Contains((byte)'.') || Version4(last) is not null);
        return isStrict && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? address
            : null;
    }

    private static int? Number(ReadOnlySpan<byte> text, int max)
    {
        const int MostDigits = 5;
        var hasForm = text.Length is > 0 and <= MostDigits && (text[0] != (byte)'0' || text.Length == 1);
        var number = 0;
        foreach (var digit in hasForm ? text : [])
        {
            hasForm &= char.IsAsciiDigit((char)digit);
            number = (number * 10) + (digit - '0');
        }

        return hasForm && number <= max ? number : null;
    }
}
