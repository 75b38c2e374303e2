using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn;

/// <summary>RFC 862: sends back what it gets, and ends when the client has ended and has got everything.</summary>
internal sealed class Echo : SimpleService
{
    public override Conversation Begin(int socket, Visitor? visitor) => new Parrot(socket);

    public override int Answer(ReadOnlySpan<byte> question, Span<byte> answer)
    {
        question.CopyTo(answer);
        return question.Length;
    }

    // Reads only when everything is said: a client that does not listen is not listened to. Between two readings it costs no buffer,
    // for there may be thousands.
    private sealed class Parrot(int socket) : Conversation(socket)
    {
        // All conversations of a thread hear into the same one; what could not be said at once is kept by each for itself.
        [ThreadStatic]
        private static byte[]? _heard;

        private ReadOnlyMemory<byte> _unsaid;

        protected override short Continue(short ready) => _unsaid.IsEmpty ? Hear() : Repeat(_unsaid.Span);

        private short Hear()
        {
            var heard = _heard ??= new byte[32 * 1024];
            var got = Receive(heard);
            return got switch
            {
                NotNow => Libc.POLLIN,
                Gone => Over,
                _ => Repeat(heard.AsSpan(0, got)),
            };
        }

        private short Repeat(ReadOnlySpan<byte> words)
        {
            var sent = Send(words);
            if (sent == Gone)
            {
                return Over;
            }

            Keep(words.Length, Math.Max(sent, 0));
            return _unsaid.IsEmpty ? Libc.POLLIN : Libc.POLLOUT;
        }

        private void Keep(int length, int said) =>
            _unsaid = said == length ? default
                : _unsaid.IsEmpty ? _heard.AsSpan(said, length - said).ToArray()
                : _unsaid[said..];
    }
}
