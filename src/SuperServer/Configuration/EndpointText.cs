using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// The language of <c>listen</c>: <c>SCHEME:[ADDRESS:]PORT[-PORT]</c>, <c>SCHEME:PATH</c> or <c>SCHEME:NAME</c>. One text gives one
/// endpoint for each port, or two when it leaves the family open.
/// </summary>
internal sealed partial class EndpointText(HostFacts host)
{
    /// <summary>sun_path without its closing NUL.</summary>
    public const int LongestPath = 107;

    private static readonly Scheme[] _schemes =
    [
        new("tcp", Transport.Tcp, null),
        new("tcp4", Transport.Tcp, AddressFamily.InterNetwork),
        new("tcp6", Transport.Tcp, AddressFamily.InterNetworkV6),
        new("udp", Transport.Udp, null),
        new("udp4", Transport.Udp, AddressFamily.InterNetwork),
        new("udp6", Transport.Udp, AddressFamily.InterNetworkV6),
        new("unix", Transport.Unix, AddressFamily.Unix),
        new("unix-dgram", Transport.UnixDatagram, AddressFamily.Unix),
        new("unix-seqpacket", Transport.UnixSeqpacket, AddressFamily.Unix),
        new("vsock", Transport.Vsock, AddressFamily.Unspecified),
        new("fifo", Transport.Fifo, AddressFamily.Unspecified),
        new("fd", Transport.Handed, AddressFamily.Unspecified),
        new("fd-dgram", Transport.HandedDatagram, AddressFamily.Unspecified),
        new("tcpmux", Transport.Tcpmux, AddressFamily.Unspecified),
    ];

    public Reading<ValueList<Endpoint>> Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? "" : text[..colon];
        return Array.Find(_schemes, scheme => scheme.Name == name) switch
        {
            null => NoScheme(text, name),
            { Family: AddressFamily.Unix } scheme => Unix(scheme, text[(colon + 1)..]),
            { Transport: Transport.Vsock } => Vsock(text, text[(colon + 1)..]),
            { Transport: Transport.Tcpmux } => Tcpmux(text, text[(colon + 1)..]),
            { Transport: Transport.Fifo } => Fifo(text[(colon + 1)..]),
            { Transport: Transport.Handed or Transport.HandedDatagram } scheme => Handed(scheme, text, text[(colon + 1)..]),
            var scheme => Internet(scheme, text, text[(colon + 1)..]),
        };
    }

    private static Objection NoScheme(string text, string word)
    {
        if (LooksLikeScheme(word))
        {
            var known = _schemes.Select(scheme => scheme.Name);
            var meant = Spelling.Suggestion(word, known);
            var remedy = meant.Length > 0 ? meant : $"; there are {string.Join(", ", known)}";
            return new Objection($"{Printable.Quoted(text)}: unknown scheme '{Printable.Escaped(word)}'{remedy}");
        }

        var likely = text.StartsWith('/') ? $"unix:{text}" : $"tcp:{text.TrimStart(':')}";
        return new Objection($"{Printable.Quoted(text)} does not say which kind of socket: write {Printable.Quoted(likely)}");
    }

    private static bool LooksLikeScheme(string word) =>
        word.Length > 0 && char.IsAsciiLetter(word[0]) && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    private Reading<ValueList<Endpoint>> Internet(Scheme scheme, string text, string rest)
    {
        var split = rest.LastIndexOf(':');
        var (address, port) = split < 0 ? ("", rest) : (rest[..split], rest[(split + 1)..]);
        if (address.Contains(':', StringComparison.Ordinal) && !address.StartsWith('['))
        {
            return new Objection($"{Printable.Quoted(text)}: an IPv6 address stands in brackets, as in '{scheme.Name}:[::1]:23'");
        }

        if (rest is ['[', .., ']'] || rest.Count(letter => letter == '.') == 3 && split < 0)
        {
            return new Objection($"{Printable.Quoted(text)} has no port: write {Printable.Quoted($"{text}:PORT")}");
        }

        var range = Ports(port, scheme.Transport);
        if (range.Objection is { } objection)
        {
            return new Objection($"{Printable.Quoted(text)}: {objection}");
        }

        return split < 0
            ? (ValueList<Endpoint>)[.. range.Value.Ports.SelectMany(number => Everywhere(scheme, number))]
            : At(scheme, text, address, range.Value);
    }

    private Reading<PortRange> Ports(string text, Transport transport)
    {
        if (PortRange.LooksLikeOne(text))
        {
            return PortRange.Parse(text);
        }

        var port = Port(text, transport);
        return port.Objection is { } objection ? new Objection(objection) : new PortRange(port.Value, port.Value);
    }

    /// <summary>No address: every address of the family, or of both; then a host without IPv6 is no mistake.</summary>
    private static ValueList<Endpoint> Everywhere(Scheme scheme, int port) =>
        scheme.Family is { } family
            ? [Wildcard(scheme.Transport, family, port)]
            : [Wildcard(scheme.Transport, AddressFamily.InterNetwork, port),
                Wildcard(scheme.Transport, AddressFamily.InterNetworkV6, port) with { MayBeMissing = true }];

    private static Endpoint Wildcard(Transport transport, AddressFamily family, int port) => new()
    {
        Transport = transport,
        Address = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port),
    };

    private Reading<ValueList<Endpoint>> At(Scheme scheme, string text, string address, PortRange range)
    {
        var parsed = address is ['[', .. var inner, ']'] ? V6(inner) : V4(address);
        if (parsed.Objection is { } objection)
        {
            return new Objection($"{Printable.Quoted(text)}: {objection}");
        }

        return scheme.Family is { } family && parsed.Value!.AddressFamily != family
            ? new Objection($"{Printable.Quoted(text)}: '{scheme.Name}' and the address are of different families: "
                + "write 'tcp:' or 'udp:', which take both")
            : (ValueList<Endpoint>)
            [
                .. range.Ports.Select(port => new Endpoint
                {
                    Transport = scheme.Transport,
                    Address = new IPEndPoint(parsed.Value!, port),
                }),
            ];
    }

    private static ValueList<Endpoint> One(Endpoint endpoint) => [endpoint];

    /// <summary>Four decimal numbers and nothing else: libc takes other forms for other addresses (010 is 8).</summary>
    private static Reading<IPAddress> V4(string text)
    {
        if (IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.ToString() == text
                ? address
                : new Objection($"'{Printable.Escaped(text)}' is not four decimal numbers; libc would read it as {address}");
        }

        return new Objection(text switch
        {
            "" or "*" => "for every address leave it out, as in 'tcp:23'",
            "localhost" => "an address is needed, not a name: 127.0.0.1 or [::1]",
            _ => $"'{Printable.Escaped(text)}' is no address: an address is needed, as in 'tcp:127.0.0.1:23', not a name",
        });
    }

    private Reading<IPAddress> V6(string text)
    {
        var percent = text.IndexOf('%', StringComparison.Ordinal);
        var (number, scope) = percent < 0 ? (text, null) : (text[..percent], text[(percent + 1)..]);
        if (!number.Contains(':', StringComparison.Ordinal) || !IPAddress.TryParse(number, out var address)
            || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return new Objection($"'{Printable.Escaped(text)}' is no IPv6 address");
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return new Objection($"write the IPv4 address without brackets: {address.MapToIPv4()}");
        }

        return scope is not null ? WithScope(address, scope)
            : address.IsIPv6LinkLocal ? new Objection($"a link-local address needs its interface, as in [{number}%eth0]")
            : address;
    }

    private Reading<IPAddress> WithScope(IPAddress address, string scope)
    {
        var isNumber = uint.TryParse(scope, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var index = isNumber ? number : host.InterfaceIndex(scope);
        return index is { } known
            ? new IPAddress(address.GetAddressBytes(), known)
            : new Objection($"there is no network interface '{Printable.Escaped(scope)}'");
    }

    private Reading<int> Port(string port, Transport transport)
    {
        if (port.Length > 0 && port.All(char.IsAsciiDigit))
        {
            return ushort.TryParse(port, CultureInfo.InvariantCulture, out var number)
                ? number
                : new Objection("a port is from 0 to 65535");
        }

        var protocol = transport == Transport.Udp ? "udp" : "tcp";
        var services = host.Services.Value;
        return services.PortOf(port, protocol) is { } named ? named
            : port.Length == 0 ? new Objection("the port is missing")
            : new Objection(UnknownPort(services, port, protocol));
    }

    private static string UnknownPort(ServicesDatabase services, string port, string protocol)
    {
        var other = protocol == "udp" ? "tcp" : "udp";
        var remedy = services.WhyEmpty is { } why ? $": {why}; write the number"
            : services.PortOf(port, other) is not null ? $": services(5) knows it for {other} only"
            : Spelling.Suggestion(port, services.NamesFor(protocol)) is { Length: > 0 } meant ? meant
            : "; write the number";
        return $"services(5) has no {protocol} port named '{Printable.Escaped(Printable.Cut(port, 40))}'{remedy}";
    }

    /// <summary>A word before the first colon, and what it opens; no family means both.</summary>
    private sealed record Scheme(string Name, Transport Transport, AddressFamily? Family);
}
