using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SuperServer.Handlers.Mailer;

/// <summary>Networks as an administrator writes them, read strictly: a network that is guessed at hides somebody whom nobody meant.</summary>
internal static class Networks
{
    private const int MappedBits = 96;

    /// <summary>An address or a network with zero host bits; IPv4 written as IPv6 is IPv4. Null: it is none.</summary>
    public static IPNetwork? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (ParseAddress(slash < 0 ? text : text[..slash]) is not { } address)
        {
            return null;
        }

        var width = address.GetAddressBytes().Length * 8;
        var length = width;
        if (slash >= 0 && !IsLength(text[(slash + 1)..], width, out length))
        {
            return null;
        }

        if (address.IsIPv4MappedToIPv6 && length >= MappedBits)
        {
            (address, length) = (address.MapToIPv4(), length - MappedBits);
        }

        // It cuts host bits in silence.
        var network = new IPNetwork(address, length);
        return network.BaseAddress.Equals(address) ? network : null;
    }

    /// <summary>The address as it is compared: IPv4 as IPv4, and without the interface it came by.</summary>
    public static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;
    }

    // IPAddress.Parse also reads "10.1", "010.0.0.1" and "0x0a000001".
    private static IPAddress? ParseAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && !text.AsSpan().ContainsAny('%', '[', ']')
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text)
            ? address
            : null;

    private static bool IsLength(string text, int width, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length)
        && length <= width
        && (text == "0" || text[0] != '0');
}
