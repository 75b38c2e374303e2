using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Which addresses are inside: private, link-local and loopback ones, the networks this host has an address in, and those that the
/// administrator calls his own. An address that could not be learnt is outside.
/// </summary>
internal sealed class HomeNetworks(IReadOnlyList<IPNetwork> configured, Func<IReadOnlyList<IPNetwork>> own, TimeProvider clock)
{
    // Shorter ones are tunnels into everywhere and mistakes: the whole Internet is not at home.
    private const int ShortestV4 = 8;
    private const int ShortestV6 = 32;

    private readonly Rhythm _look = new(TimeSpan.FromHours(1), clock);
    private IReadOnlyList<IPNetwork> _own = [];

    /// <summary>Looks at the interfaces again, once an hour: addresses come and go.</summary>
    public void Refresh()
    {
        if (_look.IsDue())
        {
            _own = own();
        }
    }

    public StreamClass ClassOf(IPAddress? address)
    {
        if (address is null)
        {
            return StreamClass.Outside;
        }

        var plain = Networks.Plain(address);
        return Neighbourhoods.Of(plain) != Neighbourhood.Outside || configured.Concat(_own).Any(network => network.Contains(plain))
            ? StreamClass.Inside
            : StreamClass.Outside;
    }

    /// <summary>Why an address is of its class, in words.</summary>
    public string WhyOf(IPAddress address)
    {
        var plain = Networks.Plain(address);
        return Neighbourhoods.Of(plain) switch
        {
            Neighbourhood.Loopback => "this host itself",
            Neighbourhood.Inside => "a private or link-local address",
            _ when Of(configured, plain) is { } network => $"'inside' has {network}",
            _ when Of(_own, plain) is { } network => $"this host has an address in {network}",
            _ => "neither private, nor of a network of this host, nor in 'inside'",
        };
    }

    /// <summary>The networks of this host's interfaces; none when the kernel does not say.</summary>
    public static IReadOnlyList<IPNetwork> OfInterfaces()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                    .Select(NetworkOf).OfType<IPNetwork>().Distinct(),
            ];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }

    private static string? Of(IEnumerable<IPNetwork> networks, IPAddress address) =>
        networks.Where(network => network.Contains(address)).Select(network => network.ToString()).FirstOrDefault();

    private static IPNetwork? NetworkOf(UnicastIPAddressInformation ours)
    {
        var isV4 = ours.Address.AddressFamily == AddressFamily.InterNetwork;
        if (ours.PrefixLength < (isV4 ? ShortestV4 : ShortestV6))
        {
            return null;
        }

        var bytes = Networks.Plain(ours.Address).GetAddressBytes();
        for (var bit = ours.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), ours.PrefixLength);
    }
}
