using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A client of a datagram service, connected to it: answers from any other address never arrive.</summary>
internal sealed class DatagramClient : IDisposable
{
    private readonly Socket _socket;

    public DatagramClient(EndPoint to, EndPoint? from = null)
    {
        _socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Unspecified);
        if (from is not null)
        {
            _socket.Bind(from);
        }

        _socket.Connect(to);
    }

    public bool HasAnswer => _socket.Available > 0;

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    public void Send(string text) => _socket.Send(Encoding.Latin1.GetBytes(text));

    public async Task<string> Receive()
    {
        var buffer = new byte[65536];
        var length = await _socket.ReceiveAsync(buffer, Deadline.Soon);
        return Encoding.Latin1.GetString(buffer, 0, length);
    }

    public async Task<string> Ask(string question)
    {
        Send(question);
        return await Receive();
    }

    public void Dispose() => _socket.Dispose();
}
