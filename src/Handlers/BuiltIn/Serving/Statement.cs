using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>
/// Says one thing and leaves, listening to nobody. What the client has sent is read and thrown away all the same: a close with unread
/// bytes is a reset, and a reset can overtake the words.
/// </summary>
internal sealed class Statement(int socket, byte[] words) : Conversation(socket)
{
    private const int Patience = 2_000;
    private const int MaxDrained = 4096;

    private int _said;
    private int _drained;

    protected override short Continue(short ready) => _said < words.Length ? Say() : Drain();

    private short Say()
    {
        var sent = Send(words.AsSpan(_said));
        if (sent == Gone)
        {
            return Over;
        }

        _said += Math.Max(sent, 0);
        return _said < words.Length ? Libc.POLLOUT : Conclude();
    }

    private short Conclude()
    {
        _ = Libc.shutdown(Socket, Libc.SHUT_WR);
        Deadline = Environment.TickCount64 + Patience;
        return Drain();
    }

    private short Drain()
    {
        Span<byte> bin = stackalloc byte[MaxDrained];
        var got = Receive(bin);
        _drained += Math.Max(got, 0);
        return got == Gone || _drained >= MaxDrained ? Over : Libc.POLLIN;
    }
}
