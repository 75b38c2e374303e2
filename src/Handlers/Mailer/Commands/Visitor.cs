using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>What a visit of our own was like.</summary>
/// <param name="Source">Where we came from; null for a Unix socket.</param>
/// <param name="Connected">How long until somebody took us.</param>
/// <param name="Answered">How long until the visit was over.</param>
/// <param name="Words">What we got.</param>
internal sealed record OwnVisit(IPEndPoint? Source, TimeSpan Connected, TimeSpan Answered, string Words);

/// <summary>
/// Touches a tripwire as a stranger would, and says who it is, so that whoever reads the mail knows. Never longer than a few seconds,
/// also where a tarpit would keep us.
/// </summary>
internal sealed class Visitor(TimeProvider clock)
{
    private const int MostRead = 4096;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _errorOfDatagram = TimeSpan.FromMilliseconds(300);
    private static readonly byte[] _greeting = "superserver alert trip\r\n"u8.ToArray();

    /// <exception cref="SocketException">Nobody is there.</exception>
    public OwnVisit Touch(Ear ear, int port) => ear.Protocol switch
    {
        "tcp" => Connect(SocketType.Stream, new IPEndPoint(ear.Near, port)),
        "udp" => Send(new IPEndPoint(ear.Near, port)),
        _ => Connect(SocketType.Stream, new UnixDomainSocketEndPoint(ear.Path is ['@', .. var name] ? '\0' + name : ear.Path!)),
    };

    private OwnVisit Connect(SocketType type, EndPoint target)
    {
        using var socket = new Socket(target.AddressFamily, type, ProtocolType.Unspecified);
        var start = clock.GetTimestamp();
        if (!socket.ConnectAsync(target).Wait(_patience))
        {
            throw new SocketException((int)SocketError.TimedOut);
        }

        var connected = clock.GetElapsedTime(start);
        socket.ReceiveTimeout = (int)_patience.TotalMilliseconds;
        var words = Converse(socket);
        return new OwnVisit(socket.LocalEndPoint as IPEndPoint, connected, clock.GetElapsedTime(start), words);
    }

    private static string Converse(Socket socket)
    {
        var got = new byte[MostRead];
        var length = 0;
        try
        {
            socket.Send(_greeting);
            socket.Shutdown(SocketShutdown.Send);
            for (int count; length < MostRead && (count = socket.Receive(got, length, MostRead - length, SocketFlags.None)) > 0;)
            {
                length += count;
            }
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return length == 0 ? "was reset" : $"got {Count.Of(length, "byte")}, then a reset";
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return $"was kept, and went ({Got(got.AsSpan(0, length))})";
        }

        return $"{Got(got.AsSpan(0, length))}, closed";
    }

    private static string Got(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "got no answer" : $"got {Count.Of(bytes.Length, "byte")}: {Clean.Text(Encoding.UTF8.GetString(bytes).Split('\r', '\n')[0], 60)}";

    private OwnVisit Send(IPEndPoint target)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var start = clock.GetTimestamp();
        socket.Connect(target);
        socket.Send(_greeting);
        var sent = clock.GetElapsedTime(start);
        socket.ReceiveTimeout = (int)_errorOfDatagram.TotalMilliseconds;
        try
        {
            var count = socket.Receive(new byte[MostRead]);
            return new OwnVisit((IPEndPoint)socket.LocalEndPoint!, sent, clock.GetElapsedTime(start), $"ANSWERED with {Count.Of(count, "byte")}, and a tripwire must not");
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return new OwnVisit((IPEndPoint)socket.LocalEndPoint!, sent, clock.GetElapsedTime(start), "got no answer, as it should be");
        }
    }
}
