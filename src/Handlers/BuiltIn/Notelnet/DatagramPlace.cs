using System.Net;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>A socket on which datagrams arrive. It only listens: what could send is not here.</summary>
internal sealed class DatagramPlace
{
    private readonly DatagramExchange _exchange;
    private readonly SocketName? _self;

    public DatagramPlace(int socket)
    {
        LocalAddress.AskFor(socket);
        _exchange = new DatagramExchange(socket);
        _self = SocketName.OfSelf(socket);
    }

    public Peer Client => Peer.Named(_exchange.Source, Peer.FromDatagram);

    public (IPAddress? Address, int? Port) Target => (_exchange.Asked?.Address ?? _self?.Address, _self?.Port);

    public int Length => _exchange.Question.Length;

    public bool Receive() => _exchange.Receive();

    /// <summary>The first bytes of the last datagram, in memory of their own.</summary>
    public byte[] First(int capture) => _exchange.Question[..Math.Min(Length, capture)].ToArray();
}
