using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>
/// Says one thing and leaves, listening to nobody, or to one line first that it throws away. What else the client has sent is read all
/// the same: a close with unread bytes is a reset, and a reset can overtake the words.
/// </summary>
internal sealed class Statement : Conversation
{
    private const int Patience = 2_000;
    private const int PatienceWithReader = 60_000;
    private const int MaxDrained = 4096;

    private readonly byte[] _words;
    private bool _listens;
    private int _said;
    private int _drained;

    /// <param name="socket">The client's.</param>
    /// <param name="words">What is said.</param>
    /// <param name="patience">How long the client may take for his line; zero when none is wanted.</param>
    public Statement(int socket, byte[] words, TimeSpan patience = default)
        : base(socket)
    {
        _words = words;
        _listens = patience > TimeSpan.Zero;
        Deadline = Environment.TickCount64 + (_listens ? (long)patience.TotalMilliseconds : PatienceWithReader);
    }

    protected override short Continue(short ready) => _listens ? Listen() : _said < _words.Length ? Say() : Drain();

    private short Listen()
    {
        Span<byte> bin = stackalloc byte[MaxDrained];
        var got = Receive(bin);
        _drained += Math.Max(got, 0);
        if (got != Gone && _drained < MaxDrained && (got == NotNow || !bin[..got].Contains((byte)'\n')))
        {
            return Libc.POLLIN;
        }

        _listens = false;
        _drained = 0;
        return Say();
    }

    private short Say()
    {
        var sent = Send(_words.AsSpan(_said));
        if (sent == Gone)
        {
            return Over;
        }

        _said += Math.Max(sent, 0);
        Deadline = Environment.TickCount64 + PatienceWithReader;
        return _said < _words.Length ? Libc.POLLOUT : Conclude();
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
