using System.Globalization;
using System.Numerics;
using System.Text;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// The language of networks: <c>192.0.2.7</c>, <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, and for everything else what was
/// probably meant. A network that is guessed at lets somebody in whom nobody meant.
/// </summary>
internal static class NetworkText
{
    private const string Examples = "write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32";

    public static Reading<Network> Parse(string text) =>
        Network.TryParse(Encoding.UTF8.GetBytes(text), out var network) ? network : new Objection(WhyNot(text));

    /// <summary>A sentence about a text that is no network.</summary>
    public static string WhyNot(string text)
    {
        var quoted = Printable.Quoted(text);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (address, length) = slash < 0 ? (text, null) : (text[..slash], text[(slash + 1)..]);
        return text.Length == 0 ? $"an empty text is no network: {Examples}"
            : AboutShape(quoted, text, address, length)
            ?? AboutMapped(quoted, address, length)
            ?? (Parsed(address) is { } whole && length is not null ? AboutLength(quoted, whole, length) : null)
            ?? AboutPieces(quoted, address)
            ?? $"{quoted} is no address and no network: {Examples}";
    }

    private static string? AboutShape(string quoted, string text, string address, string? length)
    {
        if (text.AsSpan().ContainsAny(" \t,;"))
        {
            return $"{quoted} is more than one word: each network stands by itself, in quotes of its own or on its own line";
        }

        var scope = address.IndexOf('%', StringComparison.Ordinal);
        if (scope >= 0)
        {
            return $"{quoted} names an interface; an address counts on all of them: write {Plain(address[..scope], length)}";
        }

        if (address is ['[', .., ']'])
        {
            return $"{quoted}: an address without a port has no brackets: write {Plain(address[1..^1], length)}";
        }

        return text.Contains('-', StringComparison.Ordinal) && Parsed(text.Split('-')[0]) is not null
            ? $"{quoted} is a range: write the networks that it is made of, as in 192.0.2.0/24"
            : null;
    }

    private static string Plain(string address, string? length) =>
        Printable.Escaped(length is null ? address : $"{address}/{length}");

    private static string? AboutMapped(string quoted, string address, string? length)
    {
        if (!AddressText.TryParseV6(Encoding.UTF8.GetBytes(address), out var bits) || bits >> 32 != 0xffff)
        {
            return null;
        }

        var v4 = InternetAddress.FromV4((uint)bits);
        var isLong = int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 96 and <= 128;
        var plain = length is not null && isLong ? Network.Around(v4, count - 96).ToString() : v4.ToString();
        return $"{quoted} is IPv4 written as IPv6, and IPv4 clients count as IPv4: write {plain}";
    }

    private static string? AboutLength(string quoted, InternetAddress address, string length)
    {
        var width = Network.WidthOf(address);
        if (address.IsV4 && AddressText.TryParseV4(Encoding.UTF8.GetBytes(length), out var mask))
        {
            var ones = BitOperations.PopCount(mask);
            return BitOperations.LeadingZeroCount(~mask) == ones
                ? $"{quoted} has a mask; a network has a length here: write {Network.Around(address, ones)}"
                : $"{quoted} has a mask with holes, which is no network: {Examples}";
        }

        if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > width)
        {
            return $"{quoted}: the length of a network is a number from 0 to {width}, as in {address}/{width}";
        }

        var meant = Network.Around(address, bits);
        return meant.Address == address
            ? $"{quoted}: the length has leading zeros: write {meant}"
            : $"{quoted} has host bits: write {meant}, or {address}";
    }

    /// <summary>Leading zeros, and the ways of other programs to write the beginning of an address: "10.1", "10.1.", "10.1.*".</summary>
    private static string? AboutPieces(string quoted, string address)
    {
        var parts = address.TrimEnd('*').TrimEnd('.').Split('.');
        if (parts.Length > 4 || !parts.All(part => byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return null;
        }

        var numbers = parts.Select(part => byte.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var whole = string.Join('.', numbers.Concat(new byte[4 - numbers.Length]));
        return numbers.Length == 4
            ? $"{quoted} has leading zeros, which some programs take for octal: write {whole}"
            : $"{quoted} is only the beginning of an address: write {whole}/{numbers.Length * 8}";
    }

    private static InternetAddress? Parsed(string text) =>
        Network.TryParseAddress(Encoding.UTF8.GetBytes(text), out var address) ? address : null;
}
