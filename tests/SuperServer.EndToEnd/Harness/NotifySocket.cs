using System.Net.Sockets;
using System.Text;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A service manager's end of sd_notify(3): what it was told, in order.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> _told = [];

    public NotifySocket(string path)
    {
        File.Delete(path);
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        _ = Task.Run(Listen);
    }

    public string Path { get; }

    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    public int Count(string state) => Told.Count(message => message.Split('\n').Contains(state));

    public void Dispose() => _socket.Dispose();

    private async Task Listen()
    {
        var buffer = new byte[4096];
        while (true)
        {
            var length = await _socket.ReceiveAsync(buffer);
            lock (_told)
            {
                _told.Add(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }
    }
}
