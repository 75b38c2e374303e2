using System.Globalization;
using System.Net;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>Who a client is and where it came to, for services that name it or pass it on.</summary>
/// <param name="From">The client; null when it has no address of the Internet, or none is known.</param>
/// <param name="To">What it connected to.</param>
/// <param name="Connection">What the daemon calls the connection; null when nobody does.</param>
internal sealed record Visitor(IPEndPoint? From, IPEndPoint? To, string? Connection)
{
    /// <summary>
    /// What the daemon saw comes before what the kernel says now: a client that has reset has no name any more, and behind a proxy the
    /// kernel knows the proxy only.
    /// </summary>
    public static Visitor Known(int socket, Func<string, string?> variables) => new(
        Told(variables, "TCPREMOTEIP", "TCPREMOTEPORT") ?? Named(SocketName.OfPeer(socket)),
        Told(variables, "TCPLOCALIP", "TCPLOCALPORT") ?? Named(SocketName.OfSelf(socket)),
        variables("SUPERSERVER_CONNECTION"));

    /// <summary>The one client of this process.</summary>
    public static Visitor OnlyOne(int socket) => Known(socket, Environment.GetEnvironmentVariable);

    /// <summary>One of many who came to a listening socket: the environment speaks of none of them.</summary>
    public static Visitor Accepted(int socket) => Known(socket, _ => null);

    private static IPEndPoint? Told(Func<string, string?> variables, string address, string port) =>
        IPAddress.TryParse(variables(address), out var parsed)
        && ushort.TryParse(variables(port), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new IPEndPoint(parsed, number)
            : null;

    public static IPEndPoint? Named(SocketName? name) =>
        name is { Address: { } address, Port: { } port } ? new IPEndPoint(address, port) : null;
}
