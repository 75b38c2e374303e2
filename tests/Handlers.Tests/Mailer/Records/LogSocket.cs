using System.Net.Sockets;
using System.Text;

namespace SuperServer.Handlers.Tests.Mailer.Records;

/// <summary>The end of a Unix datagram socket at which a log daemon sits.</summary>
internal sealed class LogSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
    private readonly string _path;

    public LogSocket(string path)
    {
        _path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    public bool HasMore => _socket.Available > 0;

    public string Next()
    {
        var buffer = new byte[8192];
        return Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }
}
