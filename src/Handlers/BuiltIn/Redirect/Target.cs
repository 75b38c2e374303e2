using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>Where connections or datagrams go: <c>tcp:HOST:PORT</c>, <c>udp:HOST:PORT</c>, <c>unix:PATH</c>.</summary>
/// <param name="Text">As the administrator wrote it.</param>
/// <param name="Host">A name to look up for each connection; null when the address is known.</param>
/// <param name="Port">Of the host.</param>
/// <param name="Known">The address, when it needs no look-up.</param>
internal sealed record Target(string Text, bool IsStream, string? Host, int Port, EndPoint? Known)
{
    /// <summary>Null when it is none.</summary>
    public static Target? Parse(string text) => text.Split(':', 2) switch
    {
        ["unix", ['/' or '@', _, ..] path] => new Target(text, IsStream: true, Host: null, Port: 0, Local(path)),
        ["tcp", var place] => Internet(text, place, isStream: true),
        ["udp", var place] => Internet(text, place, isStream: false),
        _ => null,
    };

    public override string ToString() => Text;

    /// <summary>The addresses in the form that connect(2) wants.</summary>
    public static (int Family, byte[] Address) ForKernel(EndPoint endPoint)
    {
        var address = endPoint.Serialize();
        var family = address.Family switch
        {
            AddressFamily.InterNetwork => Libc.AF_INET,
            AddressFamily.InterNetworkV6 => Libc.AF_INET6,
            _ => Libc.AF_UNIX,
        };
        return (family, address.Buffer[..address.Size].ToArray());
    }

    private static UnixDomainSocketEndPoint Local(string path) => new(path[0] == '@' ? $"\0{path[1..]}" : path);

    private static Target? Internet(string text, string place, bool isStream)
    {
        var colon = place.LastIndexOf(':');
        if (colon <= 0 || !TryPort(place[(colon + 1)..], out var port))
        {
            return null;
        }

        var host = place[..colon];
        var inBrackets = host is ['[', .., ']'];
        if (IPAddress.TryParse(inBrackets ? host[1..^1] : host, out var address)
            && inBrackets == (address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            return new Target(text, isStream, Host: null, port, new IPEndPoint(address, port));
        }

        return host.AsSpan().ContainsAny(":[]/ ") ? null : new Target(text, isStream, host, port, Known: null);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;
}
