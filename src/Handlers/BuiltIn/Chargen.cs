using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn;

/// <summary>
/// RFC 864: lines of 72 of the 95 printable characters, each shifted by one, until the client goes. A datagram is answered by one line,
/// and never by more bytes than it had: a forged sender must not be worth the forging.
/// </summary>
internal sealed class Chargen : SimpleService
{
    private const int Printable = 95;
    private const int LineLength = 72;
    private const int LineSize = LineLength + 2;

    // The pattern comes round after 95 lines; many rounds in one buffer make few system calls.
    private const int Round = Printable * LineSize;
    private const int Rounds = 18;

    private static readonly byte[] _pattern = Draw();

    private int _line;

    public override Conversation Begin(int socket, Visitor? visitor) => new Typewriter(socket);

    public override int Answer(ReadOnlySpan<byte> question, Span<byte> answer)
    {
        var length = Math.Min(question.Length, LineSize);
        _pattern.AsSpan(_line * LineSize, length).CopyTo(answer);
        _line = (_line + 1) % Printable;
        return length;
    }

    private static byte[] Draw()
    {
        var pattern = GC.AllocateUninitializedArray<byte>(Round * Rounds);
        for (var line = 0; line < Printable; line++)
        {
            var row = pattern.AsSpan(line * LineSize, LineSize);
            for (var column = 0; column < LineLength; column++)
            {
                row[column] = (byte)(' ' + ((line + column) % Printable));
            }

            "\r\n"u8.CopyTo(row[LineLength..]);
        }

        for (var round = 1; round < Rounds; round++)
        {
            pattern.AsSpan(0, Round).CopyTo(pattern.AsSpan(round * Round));
        }

        return pattern;
    }

    private sealed class Typewriter(int socket) : Conversation(socket)
    {
        private int _position;
        private short _interest = Libc.POLLIN | Libc.POLLOUT;

        protected override short Continue(short ready)
        {
            if ((ready & Libc.POLLIN) != 0)
            {
                ThrowAway();
            }

            var sent = Send(_pattern.AsSpan(_position));
            if (sent == Gone)
            {
                return Over;
            }

            // Where the buffer ended does not matter, only how far into a round it was.
            _position = (_position + Math.Max(sent, 0)) % Round;
            return _interest;
        }

        // A client that has ended its side can still listen; only its input is not waited for any more.
        private void ThrowAway()
        {
            Span<byte> waste = stackalloc byte[4096];
            if (Receive(waste) == Gone)
            {
                _interest = Libc.POLLOUT;
            }
        }
    }
}
