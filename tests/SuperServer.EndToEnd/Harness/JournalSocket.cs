using System.Net.Sockets;
using System.Text;

namespace SuperServer.EndToEnd.Harness;

/// <summary>
/// journald's end of its socket: the entries that programs send, field by field. Only in namespaces of the tests' own, where /run is
/// empty; one test at a time.
/// </summary>
internal sealed class JournalSocket : IDisposable
{
    private const string Path = "/run/systemd/journal/socket";

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public JournalSocket()
    {
        Machine.MustAllow(Who.Root);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        _socket.Bind(new UnixDomainSocketEndPoint(Path));
        File.SetUnixFileMode(Path, (UnixFileMode)0b110_110_110);
    }

    /// <summary>The next entry; a field is a line <c>NAME=value</c>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Next()
    {
        var buffer = new byte[65_536];
        var length = await _socket.ReceiveAsync(buffer, Deadline.Soon);
        return Encoding.UTF8.GetString(buffer, 0, length)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(field => field[0], field => field[1]);
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Path);
    }
}
