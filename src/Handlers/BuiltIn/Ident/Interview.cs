using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Ident;

/// <summary>
/// Questions of a line each, and the answer to each in their order. A client that sends a line that is too long, or nothing for too
/// long, is closed.
/// </summary>
internal sealed class Interview : Conversation
{
    /// <summary>RFC 1413, section 5: the length of a line, its end not counted.</summary>
    public const int LongestLine = 1000;

    // RFC 1413 lets a server close after this.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Func<byte[], byte[]> _answer;
    private byte[] _heard = [];
    private ReadOnlyMemory<byte> _unsaid;

    public Interview(int socket, Func<byte[], byte[]> answer)
        : base(socket)
    {
        _answer = answer;
        Deadline = Environment.TickCount64 + (long)_patience.TotalMilliseconds;
    }

    // One question at a step, so that a client with many keeps nobody waiting; the next when the answer is said.
    protected override short Continue(short ready)
    {
        if (!_unsaid.IsEmpty)
        {
            return Say();
        }

        var end = _heard.AsSpan().IndexOf((byte)'\n');
        return end >= 0 ? Answer(end)
            : _heard.Length > LongestLine + 1 ? Over
            : Hear();
    }

    private short Answer(int end)
    {
        var line = _heard[..end];
        _heard = _heard[(end + 1)..];
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        if (line.Length > LongestLine)
        {
            return Over;
        }

        Deadline = Environment.TickCount64 + (long)_patience.TotalMilliseconds;
        _unsaid = _answer(line);
        return Say();
    }

    private short Say()
    {
        var sent = Send(_unsaid.Span);
        if (sent == Gone)
        {
            return Over;
        }

        _unsaid = _unsaid[Math.Max(sent, 0)..];
        return !_unsaid.IsEmpty || _heard.Contains((byte)'\n') ? Libc.POLLOUT : Libc.POLLIN;
    }

    private short Hear()
    {
        Span<byte> buffer = stackalloc byte[LongestLine + 2];
        var got = Receive(buffer);
        if (got == Gone)
        {
            return Over;
        }

        _heard = [.. _heard, .. buffer[..Math.Max(got, 0)]];
        return got > 0 ? Continue(0) : Libc.POLLIN;
    }
}
