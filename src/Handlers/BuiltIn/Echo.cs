using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn;

/// <summary>RFC 862: sends back what it gets, and ends when the client has ended and has got everything.</summary>
internal sealed class Echo : SimpleService
{
    public override Conversation Begin(int socket) => new Parrot(socket);

    public override int Answer(ReadOnlySpan<byte> question, Span<byte> answer)
    {
        question.CopyTo(answer);
        return question.Length;
    }

    // Reads only when everything is said: a client that does not listen is not listened to, and costs one buffer.
    private sealed class Parrot(int socket) : Conversation(socket)
    {
        private readonly byte[] _heard = new byte[32 * 1024];
        private int _start;
        private int _end;

        protected override short Continue(short ready) => _start < _end ? Repeat() : Hear();

        private short Hear()
        {
            var got = Receive(_heard);
            if (got is NotNow or Gone)
            {
                return got == NotNow ? Libc.POLLIN : Over;
            }

            (_start, _end) = (0, got);
            return Repeat();
        }

        private short Repeat()
        {
            var sent = Send(_heard.AsSpan(_start.._end));
            if (sent == Gone)
            {
                return Over;
            }

            _start += Math.Max(sent, 0);
            return _start < _end ? Libc.POLLOUT : Libc.POLLIN;
        }
    }
}
