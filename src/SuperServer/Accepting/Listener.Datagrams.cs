using System.Net;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// The part about datagrams that are handed over: the socket in which they arrived is connected to their sender and becomes the
/// child's, and another one on the same port takes what comes from now on.
/// </summary>
internal sealed partial class Listener
{
    // Two sockets may share a port only if both say so. A child's socket says it as long as it lives; ours only for the moment
    // in which its successor is bound: otherwise any user could bind the port as well, and take our datagrams.
    private const int On = 1;
    private const int Off = 0;
    private const int NoPeekOffset = -1;

    /// <summary>The sender of the first datagram that waits, and its length; null when there is none.</summary>
    public Sender? FirstSender(out int length) => Sender.Peek(Socket, out length);

    /// <summary>
    /// Opens the socket that takes what comes from now on: of several the kernel prefers the one that was bound last, so
    /// nothing more arrives in this one.
    /// </summary>
    public ListenResult OpenSuccessor(int backlog)
    {
        var result = OpenBeside(this, Bound.Address, backlog);
        _ = TryShare(result is ListenResult.Opened ? On : Off);
        return result;
    }

    /// <summary>A socket for one sender alone, on the address that it asked. What others sent meanwhile may be in it.</summary>
    public static ListenResult OpenFor(Listener main, in Sender sender, int backlog)
    {
        var result = OpenBeside(main, sender.Asked ?? main.Bound.Address, backlog);
        if (result is ListenResult.Opened { Listener: var own } && !(sender.TryConnect(own.Socket) && own.TryShare(On)))
        {
            var why = Errno.Say(Errno.Last);
            own.Dispose();
            return new ListenResult.Failed(why, MayHeal: false);
        }

        return result;
    }

    /// <summary>
    /// Connects this socket to the only one whose datagrams are in it. False when its answers would come from another address
    /// than the one that was asked: the kernel chooses it by the route.
    /// </summary>
    public bool TryDedicateTo(in Sender sender) =>
        sender.TryConnect(Socket)
        && SocketName.TryGet(Socket, out var local)
        && (sender.Asked is not { } asked || asked.Bits == local.Address.Bits);

    /// <summary>Nothing will come to this socket any more: it is connected to itself.</summary>
    public void Park()
    {
        var address = Bound.Address.ToIPAddress();
        var self = Bound.Address.IsWildcard ? (Bound.Address.IsV4 ? IPAddress.Loopback : IPAddress.IPv6Loopback) : address;
        var place = Endpoint with { Address = new IPEndPoint(self, Bound.Port) };
        var name = SocketName.Write(place, out var length);
        _ = Libc.connect(_socket, name, length);
    }

    /// <summary>Takes off what the daemon has set for itself: the program gets a plain blocking socket.</summary>
    public void MakeOrdinary()
    {
        SetBlocking(true);
        _ = Libc.setsockopt(Socket, Libc.SOL_SOCKET, Libc.SO_PEEK_OFF, NoPeekOffset, sizeof(int));
        _ = Libc.setsockopt(Socket, InfoLevel, InfoOption, Off, sizeof(int));
    }

    private int InfoLevel => Bound.Address.IsV4 ? Libc.IPPROTO_IP : Libc.IPPROTO_IPV6;

    private int InfoOption => Bound.Address.IsV4 ? Libc.IP_PKTINFO : Libc.IPV6_RECVPKTINFO;

    /// <summary>Before bind: other sockets of this service have the port as well.</summary>
    internal static bool BeginSharing(int socket)
    {
        // One of the two is of the other family, and fails.
        _ = Libc.setsockopt(socket, Libc.IPPROTO_IP, Libc.IP_PKTINFO, On, sizeof(int));
        _ = Libc.setsockopt(socket, Libc.IPPROTO_IPV6, Libc.IPV6_RECVPKTINFO, On, sizeof(int));
        return TryShare(socket, On);
    }

    /// <summary>After bind: from now on nobody else may have it.</summary>
    internal static bool EndSharing(int socket) => TryShare(socket, Off);

    private static ListenResult OpenBeside(Listener main, in InternetAddress address, int backlog)
    {
        _ = main.TryShare(On);
        var place = new IPEndPoint(address.ToIPAddress(), main.Bound.Port);
        var result = Doorway.Open(
            main.Endpoint with { Address = place }, backlog, main._settings, InheritedSockets.None, handsOver: true);
        _ = main.TryShare(Off);
        return result;
    }

    private bool TryShare(int value) => TryShare(Socket, value);

    private static bool TryShare(int socket, int value) =>
        Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, value, sizeof(int)) == 0;
}
