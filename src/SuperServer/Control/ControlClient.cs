using System.Net.Sockets;
using System.Text.Json;

namespace SuperServer.Control;

/// <summary>Asks a running daemon, by its control socket.</summary>
internal static class ControlClient
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    /// <summary>The answer. An answer that could not be got is one that says why.</summary>
    public static Answer Ask(string runDirectory, Request request)
    {
        var path = ControlDesk.PathIn(runDirectory);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            (socket.ReceiveTimeout, socket.SendTimeout) = ((int)_patience.TotalMilliseconds, (int)_patience.TotalMilliseconds);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            using var stream = new NetworkStream(socket);
            JsonSerializer.Serialize(stream, request, ControlJson.Default.Request);
            stream.WriteByte((byte)'\n');
            return JsonSerializer.Deserialize(stream, ControlJson.Default.Answer) ?? Answer.Failed("the daemon has answered nothing");
        }
        catch (Exception error) when (error is SocketException or IOException or JsonException or ArgumentException)
        {
            var remedy = error is SocketException { SocketErrorCode: SocketError.AccessDenied }
                ? "only root and the daemon's own user may ask" : "is superserver running with this configuration?";
            return Answer.Failed($"{path}: {error.Message}; {remedy}");
        }
    }
}
