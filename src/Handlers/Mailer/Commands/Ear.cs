using System.Globalization;
using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>One socket of a tripwire, as its configuration spells it: where a visitor comes to.</summary>
/// <param name="Text">The spelling: <c>tcp:[::]:23</c>, <c>unix:/run/trap.sock</c>.</param>
/// <param name="Protocol">As records spell it: <c>tcp</c>, <c>udp</c>, <c>ipc</c>; anything else nobody can trip from here.</param>
internal sealed record Ear(string Text, string Protocol)
{
    /// <summary>Of TCP and UDP; port 0 stands for one that the kernel chose.</summary>
    public IPEndPoint? Address { get; private init; }

    /// <summary>Of a Unix socket.</summary>
    public string? Path { get; private init; }

    /// <summary>Its number is nowhere in the configuration: the kernel chose it, or the socket was handed to the daemon.</summary>
    public bool HasUnknownPort => Address is { Port: 0 } || Protocol is "fd";

    /// <summary>Where a visitor of this host reaches it: the loopback, where it listens everywhere.</summary>
    public IPAddress Near => Address?.Address switch
    {
        null => IPAddress.Loopback,
        var any when any.Equals(IPAddress.Any) => IPAddress.Loopback,
        var any when any.Equals(IPAddress.IPv6Any) => IPAddress.IPv6Loopback,
        var own => own,
    };

    public static Ear Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        return kind switch
        {
            "tcp" or "udp" when IPEndPoint.TryParse(rest, out var address) => new Ear(text, kind) { Address = address },
            "unix" => new Ear(text, "ipc") { Path = rest },
            _ => new Ear(text, kind),
        };
    }

    /// <summary>The kernel's choice counts as any port.</summary>
    public bool HasPort(int port) => Address?.Port == port || HasUnknownPort;

    public override string ToString() => Address is { Port: > 0 and var port } ? string.Create(CultureInfo.InvariantCulture, $"{port}/{Protocol}") : Text;
}
