using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Connect;

/// <summary>
/// A conversation: one thread sends what is typed, the other shows what comes, until the other side has said everything. Datagrams have
/// no end; of them a second of silence is one.
/// </summary>
/// <param name="wishes">What was asked for.</param>
/// <param name="socket">The connection.</param>
/// <param name="stream">What goes over it in clear text; null: datagrams.</param>
/// <param name="say">Says something to whoever is at the terminal.</param>
internal sealed class Talk(ConnectWishes wishes, Socket socket, Stream? stream, Action<string> say)
{
    private const int Portion = 65_536;
    private const int Silence = 1_000;
    private const int Glance = 50;
    private const int StandardInput = 0;
    private const int StandardOutput = 1;

    private readonly bool _isTyped = Libc.isatty(StandardInput) == 1;
    private readonly VisibleText? _visible = !wishes.Raw && Libc.isatty(StandardOutput) == 1 ? new VisibleText() : null;
    private readonly Telnet? _telnet = wishes.Telnet ? new Telnet() : null;
    private readonly LineEnds _lines = new();
    private readonly Lock _sending = new();
    private volatile bool _inputHasEnded;
    private bool _hasAnswered;

    /// <summary>Null when it came to its end, or why it did not.</summary>
    public ConnectFailure? Hold()
    {
        new Thread(SendInput) { IsBackground = true, Name = "input" }.Start();
        try
        {
            var failure = Hear();
            Show(_visible?.Rest() ?? "");
            return failure;
        }
        catch (IOException e) when (e.InnerException is SocketException inner)
        {
            return Failure(inner.SocketErrorCode);
        }
        catch (SocketException e)
        {
            return Failure(e.SocketErrorCode);
        }
        catch (IOException)
        {
            return new ConnectFailure(ConnectExit.Protocol, "the connection broke off in the middle");
        }
    }

    private ConnectFailure? Hear()
    {
        var buffer = new byte[Portion];
        while (true)
        {
            if (stream is null && !Waits())
            {
                return _hasAnswered ? null : new ConnectFailure(ConnectExit.Timeout, "no answer");
            }

            var count = stream?.Read(buffer, 0, buffer.Length) ?? socket.Receive(buffer);
            if (count == 0 && stream is not null)
            {
                return null;
            }

            _hasAnswered = true;
            Show(buffer.AsSpan(0, count));
        }
    }

    // False: the input has ended, and so has the second after it.
    private bool Waits()
    {
        for (var silence = 0; !socket.Poll(TimeSpan.FromMilliseconds(Glance), SelectMode.SelectRead); silence += Glance)
        {
            if (Fault() is var fault and not SocketError.Success)
            {
                throw new SocketException((int)fault);      // nobody has taken the last one (ICMP)
            }

            if (!_inputHasEnded)
            {
                silence = 0;
            }
            else if (silence >= Silence)
            {
                return false;
            }
        }

        return true;
    }

    private SocketError Fault() => (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;

    private ConnectFailure Failure(SocketError error) => new(
        wishes.Udp && error == SocketError.ConnectionRefused ? ConnectExit.Unreachable : ConnectExit.Protocol, SocketWords.Of(error));

    private void Show(ReadOnlySpan<byte> bytes)
    {
        if (_telnet is not null)
        {
            var (text, words, answer) = _telnet.Take(bytes);
            words.ForEach(word => say($"[telnet: {word}]"));
            if (answer.Length > 0 && !_inputHasEnded)
            {
                Send(answer);
            }

            bytes = text;
        }

        if (_visible is not null)
        {
            Show(_visible.Of(bytes));
            return;
        }

        Write(bytes);
    }

    private static void Show(string text) => Write(Encoding.UTF8.GetBytes(text));

    private static void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = (int)Libc.write(StandardOutput, bytes, (nuint)bytes.Length);
            if (count < 0)
            {
                Environment.Exit(ConnectExit.Done);     // nobody looks any more
            }

            bytes = bytes[count..];
        }
    }

    private void SendInput()
    {
        var buffer = new byte[Portion];
        try
        {
            for (int count; (count = (int)Libc.read(StandardInput, buffer, Portion)) > 0;)
            {
                SendTyped(buffer.AsSpan(0, count));
            }

            _inputHasEnded = true;
            EndSending();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Whoever hears the other side learns why.
        }

        _inputHasEnded = true;
    }

    private void SendTyped(ReadOnlySpan<byte> typed)
    {
        if (stream is not null)
        {
            Send(WithLineEnds(typed));
            return;
        }

        while (!typed.IsEmpty)
        {
            var end = typed.IndexOf((byte)'\n') + 1;
            var line = typed[..(end == 0 ? typed.Length : end)];
            Send(WithLineEnds(line));
            typed = typed[line.Length..];
        }
    }

    private byte[] WithLineEnds(ReadOnlySpan<byte> typed) =>
        wishes.LinesEndWithCarriageReturn ?? _isTyped ? _lines.WithCarriageReturns(typed) : typed.ToArray();

    private void Send(byte[] bytes)
    {
        lock (_sending)
        {
            if (stream is null)
            {
                _ = socket.Send(bytes);
            }
            else
            {
                stream.Write(bytes);
            }
        }
    }

    private void EndSending()
    {
        if (stream is null)
        {
            return;
        }

        lock (_sending)
        {
            if (stream is SslStream tls)
            {
                SayGoodBye(tls);
            }

            socket.Shutdown(SocketShutdown.Send);
        }
    }

    // The other thread may be in the middle of what a server sends after the handshake (tickets of TLS 1.3): OpenSSL takes no
    // close_notify then. If it never does, the end of the connection says it.
    private static void SayGoodBye(SslStream tls)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                tls.ShutdownAsync().GetAwaiter().GetResult();
                return;
            }
            catch (CryptographicException)
            {
                Thread.Sleep(10);
            }
        }
    }
}
