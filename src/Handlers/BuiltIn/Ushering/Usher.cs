using System.Net;
using SuperServer.Handlers.BuiltIn.Notelnet;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Ushering;

/// <summary>
/// Not a service: the daemon starts it with a datagram socket on 0 that several clients have written to, and a raw socket on 3.
/// It sends every datagram once more, with its client's address, to where it was sent at first. By now each client has a socket
/// of its own there, and the kernel knows whose is whose (docs/decisions/0006). Nothing of what is in a datagram is looked at.
/// </summary>
internal static class Usher
{
    public const string Name = "usher";

    private const int RawSocket = 3;

    // More than any receive buffer holds: whatever goes wrong, it ends.
    private const int Most = 100_000;

    public static int Run()
    {
        Confinement.EnterForOne();    // its raw socket is not for others of the same user
        LocalAddress.AskFor(InheritedSocket.Descriptor);
        if (SocketName.OfSelf(InheritedSocket.Descriptor) is not { Address: not null, Port: { } port } own)
        {
            Output.Complain("superserver-handlers: usher: descriptor 0 is not a socket of the Internet");
            return ExitCode.Usage;
        }

        var exchange = new DatagramExchange(InheritedSocket.Descriptor);
        var lost = 0;
        for (var moved = 0; moved < Most && exchange.Receive(); moved++)
        {
            var to = exchange.Asked?.Address ?? own.Address;
            lost += TrySend(exchange, new IPEndPoint(to, port)) ? 0 : 1;
        }

        return lost == 0 ? ExitCode.Done : ExitCode.OsError;
    }

    private static bool TrySend(DatagramExchange exchange, IPEndPoint to) =>
        exchange.Source is { Address: { } address, Port: { } port }
        && address.AddressFamily == to.AddressFamily
        && Packet.TrySend(RawSocket, new IPEndPoint(address, port), to, exchange.Question);
}
