using System.Globalization;
using System.Net;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers;

/// <summary>
/// Who is at the other end of descriptor 0, and where we learnt it. The kernel is asked first; a client that has reset the
/// connection has no peer name any more, and only the inetd that accepted it still knows: hence the environment. So it is behind a
/// proxy and behind TLS, where the socket leads to somebody who is not the client.
/// </summary>
internal sealed record Peer(IPAddress? Address, int? Port, bool Mapped, string LearntFrom)
{
    public const string FromKernel = "getpeername";
    public const string FromAccept = "accept";
    public const string FromDatagram = "recvmsg";
    public const string FromUnix = "unix";
    public const string Lost = "lost";

    // The variables of the inetds, best known first, each with the one that holds the port.
    private static readonly (string Address, string Port)[] _variables =
    [
        ("SUPERSERVER_REMOTE_ADDR", "SUPERSERVER_REMOTE_PORT"),
        ("REMOTE_ADDR", "REMOTE_PORT"),
        ("TCPREMOTEIP", "TCPREMOTEPORT"),
        ("UDPREMOTEIP", "UDPREMOTEPORT"),
        ("REMOTE_HOST", "REMOTE_PORT"),
    ];

    private static readonly (string Address, string Port)[] _ownVariables =
    [
        ("SUPERSERVER_LOCAL_ADDR", "SUPERSERVER_LOCAL_PORT"),
        ("TCPLOCALIP", "TCPLOCALPORT"),
        ("UDPLOCALIP", "UDPLOCALPORT"),
    ];

    public static Peer Of(SocketName? peer, Func<string, string?> environment) => peer switch
    {
        { } other when IsGoBetween(other, environment("PROTO"), environment("PROXYREMOTEIP")) =>
            First(_variables, environment) ?? new Peer(null, null, Mapped: false, Lost),
        { Family: Libc.AF_UNIX } => new Peer(null, null, Mapped: false, FromUnix),
        { Address: { } address } name => new Peer(address, name.Port, name.Mapped, FromKernel),
        _ => First(_variables, environment) ?? new Peer(null, null, Mapped: false, Lost),
    };

    /// <summary>
    /// The socket is not the client's own: a proxy has it, and has said who its client is, or the process that speaks TLS with the client.
    /// </summary>
    public static bool IsGoBetween(in SocketName socket, string? protocol, string? proxy) =>
        proxy is not null || (socket.Family == Libc.AF_UNIX && protocol == "TCP");

    /// <summary>
    /// The client whose name came with it, from accept(2) or recvmsg(2): no reset can take it away any more.
    /// </summary>
    public static Peer Named(SocketName name, string learntFrom) => name switch
    {
        { Family: Libc.AF_UNIX } => new Peer(null, null, Mapped: false, FromUnix),
        { Address: { } address } => new Peer(address, name.Port, name.Mapped, learntFrom),
        _ => new Peer(null, null, Mapped: false, Lost),
    };

    /// <summary>Where the client came to; the kernel knows it even after a reset, so the environment is rarely needed.</summary>
    public static (IPAddress? Address, int? Port) TargetOf(SocketName? self, Func<string, string?> environment)
    {
        var isKnown = self is { Family: Libc.AF_UNIX } or { Address: not null }
            && !IsGoBetween(self.Value, environment("PROTO"), environment("PROXYREMOTEIP"));
        if (isKnown)
        {
            return (self!.Value.Address, self.Value.Port);
        }

        var told = First(_ownVariables, environment);
        return (told?.Address, told?.Port);
    }

    // The first variable that holds an address; its text is parsed, and goes nowhere else.
    private static Peer? First((string Address, string Port)[] variables, Func<string, string?> environment)
    {
        foreach (var variable in variables)
        {
            if (IPAddress.TryParse(environment(variable.Address), out var address))
            {
                var name = SocketName.Unified(0, address, ParsePort(environment(variable.Port)));
                return new Peer(name.Address, name.Port, name.Mapped, variable.Address);
            }
        }

        return null;
    }

    private static int? ParsePort(string? text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
}
