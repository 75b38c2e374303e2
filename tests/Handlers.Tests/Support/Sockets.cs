using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SuperServer.Handlers.Tests.Support;

/// <summary>Sockets on loopback whose every call ends within a deadline.</summary>
internal static class Sockets
{
    private const int Deadline = 10_000;

    /// <summary>A connection: the client's end, and the end that an inetd has accepted.</summary>
    public static (Socket Client, Socket Accepted) Pair(Socket listener)
    {
        var client = Timed(new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Unspecified));
        client.Connect(listener.LocalEndPoint!);
        return (client, listener.Accept());
    }

    public static (Socket Client, Socket Accepted) Pair()
    {
        using var listener = Listener();
        return Pair(listener);
    }

    public static Socket Listener() => Listener(new IPEndPoint(IPAddress.Loopback, 0));

    public static Socket Listener(EndPoint at)
    {
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(at);
        listener.Listen(512);
        return listener;
    }

    public static Socket Datagram(EndPoint at)
    {
        var socket = Timed(new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Unspecified));
        socket.Bind(at);
        return socket;
    }

    public static Socket Connected(EndPoint to)
    {
        var socket = Timed(new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Unspecified));
        socket.Connect(to);
        return socket;
    }

    public static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>Everything until the other end closes.</summary>
    public static byte[] ReadToEnd(this Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var got = socket.Receive(buffer); got > 0; got = socket.Receive(buffer))
        {
            all.Write(buffer, 0, got);
        }

        return all.ToArray();
    }

    public static string ReadTextToEnd(this Socket socket) => Encoding.UTF8.GetString(socket.ReadToEnd());

    public static byte[] ReadExactly(this Socket socket, int length)
    {
        var all = new byte[length];
        for (var have = 0; have < length;)
        {
            var got = socket.Receive(all, have, length - have, SocketFlags.None);
            Assert.True(got > 0, $"closed after {have} of {length} bytes");
            have += got;
        }

        return all;
    }

    private static Socket Timed(Socket socket)
    {
        socket.ReceiveTimeout = Deadline;
        socket.SendTimeout = Deadline;
        return socket;
    }
}
