using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Resolve;

/// <summary>The resolver as the daemon has it: a process with one end of a seqpacket socket on descriptor 0.</summary>
public sealed class ResolverTests
{
    [Fact]
    public void It_answers_many_questions_and_ends_with_the_daemon()
    {
        var name = ReverseLookup.Find(IPAddress.Loopback).Trusted;
        Assert.NotNull(name);
        var (daemon, child) = Pair();
        using var process = HandlerProcess.Start("resolve", child);
        child.Dispose();
        using (daemon)
        {
            Send(daemon, $"1 127.0.0.1 host.example.org {name}");
            Send(daemon, "2 127.0.0.1 host.example.org .example.org");

            Assert.Equal(["1 1", "2 -"], new[] { Receive(daemon), Receive(daemon) }.Order(StringComparer.Ordinal));
        }

        Assert.Equal(0, process.WaitForEnd());
        Assert.Equal("", process.Complaints);
    }

    [Fact]
    public void It_does_not_go_on_with_somebody_who_does_not_speak_its_language()
    {
        var (daemon, child) = Pair();
        using var process = HandlerProcess.Start("resolve", child);
        child.Dispose();
        using (daemon)
        {
            Send(daemon, "GET / HTTP/1.0\r\n");

            Assert.Equal(64, process.WaitForEnd());
        }
    }

    [Fact]
    public void It_serves_no_clients()
    {
        var (client, accepted) = Sockets.Pair();
        using (client)
        using (accepted)
        using (var process = HandlerProcess.Start("resolve", accepted))
        {
            Assert.Equal(64, process.WaitForEnd());
            Assert.Contains("only the daemon starts this", process.Complaints, StringComparison.Ordinal);
        }
    }

    private static (Socket Daemon, Socket Child) Pair()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint($"\0superserver-{Guid.NewGuid()}"));
        listener.Listen();
        var daemon = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        daemon.Connect(listener.LocalEndPoint!);
        return (daemon, listener.Accept());
    }

    private static void Send(Socket socket, string message) => socket.Send(Encoding.ASCII.GetBytes(message));

    private static string Receive(Socket socket)
    {
        var room = new byte[100];
        return Encoding.ASCII.GetString(room, 0, socket.Receive(room));
    }
}
