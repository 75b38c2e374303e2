using System.Net;
using System.Net.Sockets;

namespace SuperServer.Handlers.Alerts;

/// <summary>How near an address is, by its form alone: nobody is asked.</summary>
internal enum Neighbourhood
{
    /// <summary>The Internet, and every address that could not be learnt.</summary>
    Outside,

    /// <summary>Private or link-local (RFC 1918, RFC 3927, RFC 4193, RFC 4291).</summary>
    Inside,

    /// <summary>This host.</summary>
    Loopback,
}

/// <summary>Sorts addresses into neighbourhoods, and spells these in a record.</summary>
internal static class Neighbourhoods
{
    public static Neighbourhood Of(IPAddress? address) => address switch
    {
        null => Neighbourhood.Outside,
        _ when IPAddress.IsLoopback(address) => Neighbourhood.Loopback,
        _ when IsPrivate(address) => Neighbourhood.Inside,
        _ => Neighbourhood.Outside,
    };

    public static string Name(Neighbourhood net) => net switch
    {
        Neighbourhood.Inside => "inside",
        Neighbourhood.Loopback => "loopback",
        _ => "outside",
    };

    /// <summary>An unknown word is far away: the careful reading.</summary>
    public static Neighbourhood Parse(string? name) => name switch
    {
        "inside" => Neighbourhood.Inside,
        "loopback" => Neighbourhood.Loopback,
        _ => Neighbourhood.Outside,
    };

    private static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;
        }

        Span<byte> bytes = stackalloc byte[4];
        _ = address.TryWriteBytes(bytes, out _);
        return bytes switch
        {
            [10, ..] or [192, 168, ..] or [169, 254, ..] => true,
            [172, >= 16 and <= 31, ..] => true,
            _ => false,
        };
    }
}
