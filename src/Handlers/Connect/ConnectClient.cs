using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Connect;

/// <summary>
/// <c>superserver connect</c>: a client. It is a program of its own and not the daemon's, which has no way to read what comes over a
/// connection, and carries no TLS (docs/decisions/0012).
/// </summary>
internal static class ConnectClient
{
    private const int StandardError = 2;

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Any(argument => argument is "-h" or "--help" or "-?"))
        {
            Output.Print(ConnectWishes.Usage);
            return ConnectExit.Done;
        }

        var (wishes, mistake) = ConnectWishes.Read(arguments);
        return mistake is not null ? Fail(new ConnectFailure(ConnectExit.Usage, mistake)) : Run(wishes);
    }

    private static int Run(ConnectWishes wishes)
    {
        Action<string> tell = wishes.Verbose ? Say : _ => { };
        var (socket, failure) = new Reach(wishes, tell).Connect();
        if (socket is null)
        {
            return Fail(failure!);
        }

        using (socket)
        {
            using var plain = wishes.Udp ? null : new NetworkStream(socket);
            var (stream, untrusted) = wishes.Tls ? new TlsClient(wishes, tell, Say).Wrap(plain!) : (plain, null);
            return untrusted is not null ? Fail(untrusted)
                : new Talk(wishes, socket, stream, Say).Hold() is { } broken ? Fail(broken)
                : ConnectExit.Done;
        }
    }

    private static int Fail(ConnectFailure failure)
    {
        foreach (var line in failure.Sentence.Split('\n'))
        {
            Say(line);
        }

        return failure.ExitCode;
    }

    // A name of a host or of a certificate's owner may be anything: nothing of it reaches the terminal as it is.
    private static void Say(string sentence)
    {
        var visible = new VisibleText();
        var bytes = Encoding.UTF8.GetBytes($"superserver connect: {visible.Of(Encoding.UTF8.GetBytes(sentence))}{visible.Rest()}\n");
        _ = Libc.write(StandardError, bytes, (nuint)bytes.Length);
    }
}
