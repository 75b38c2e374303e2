using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>
/// Holds all conversations of a stream service on one thread: one, on a connected socket, or those of everybody who comes to a
/// listening one. It leaves when nobody has been there for a while; the daemon starts another when somebody comes.
/// </summary>
internal sealed class StreamServer(SimpleService service, TimeSpan idle)
{
    private const int NoListener = -1;

    // Descriptors have run out: an ending frees one, and if the ending is another process's, we look again after this.
    private const int ResourcePause = 100;

    private readonly List<Conversation> _conversations = [];
    private int _listener = NoListener;
    private long _restingUntil;
    private long _busyAt = Environment.TickCount64;
    private Libc.PollFd[] _polled = new Libc.PollFd[16];

    public int Converse(int socket)
    {
        Begin(socket, Visitor.OnlyOne);
        while (_conversations.Count > 0)
        {
            Turn();
        }

        return ExitCode.Done;
    }

    public int Listen(int listener)
    {
        InheritedSocket.SetBlocking(false, listener);
        _listener = listener;

        // One turn in any case: whoever we were started for is waiting already.
        do
        {
            Turn();
        }
        while (_conversations.Count > 0 || (_listener != NoListener && !IsIdle));

        InheritedSocket.SetBlocking(true, listener);
        return _listener == NoListener ? ExitCode.OsError : ExitCode.Done;
    }

    private bool IsIdle => Environment.TickCount64 - _busyAt >= idle.TotalMilliseconds;

    private void Turn()
    {
        var polled = Watch();
        if (Libc.poll(polled, (nuint)polled.Length, Timeout()) > 0)
        {
            ContinueConversations(polled[1..]);
        }

        EndConversations();
        if (polled[0].revents != 0)
        {
            AcceptArrivals();
        }
    }

    // The listener first, though it may be none or resting: poll(2) skips a negative descriptor.
    private Span<Libc.PollFd> Watch()
    {
        var count = _conversations.Count + 1;
        if (_polled.Length < count)
        {
            Array.Resize(ref _polled, count * 2);
        }

        var resting = _restingUntil > Environment.TickCount64;
        _polled[0] = new Libc.PollFd { fd = resting ? NoListener : _listener, events = Libc.POLLIN };
        for (var i = 0; i < _conversations.Count; i++)
        {
            _polled[i + 1] = new Libc.PollFd { fd = _conversations[i].Socket, events = _conversations[i].Awaits };
        }

        return _polled.AsSpan(0, count);
    }

    private int Timeout()
    {
        var now = Environment.TickCount64;
        var next = long.MaxValue;
        foreach (var conversation in _conversations)
        {
            next = Math.Min(next, conversation.Deadline);
        }

        if (_restingUntil > now)
        {
            next = Math.Min(next, _restingUntil);
        }

        if (_conversations.Count == 0)
        {
            next = Math.Min(next, _busyAt + (long)idle.TotalMilliseconds);
        }

        return next == long.MaxValue ? -1 : (int)Math.Clamp(next - now, 0, int.MaxValue);
    }

    private void ContinueConversations(ReadOnlySpan<Libc.PollFd> polled)
    {
        for (var i = 0; i < polled.Length; i++)
        {
            if (polled[i].revents != 0)
            {
                _conversations[i].Step(polled[i].revents);
            }
        }
    }

    private void EndConversations()
    {
        for (var i = _conversations.Count - 1; i >= 0; i--)
        {
            if (_conversations[i].IsOver)
            {
                _ = Libc.close(_conversations[i].Socket);
                _conversations.RemoveAt(i);
                _busyAt = Environment.TickCount64;
                _restingUntil = 0;
            }
        }
    }

    private void AcceptArrivals()
    {
        var socket = Libc.accept4(_listener, 0, 0, Libc.SOCK_CLOEXEC);
        while (socket >= 0)
        {
            Begin(socket, Visitor.Accepted);
            socket = Libc.accept4(_listener, 0, 0, Libc.SOCK_CLOEXEC);
        }

        switch (Errno.Last)
        {
            case Errno.EAGAIN:
            case Errno.EINTR or Errno.ECONNABORTED or Errno.EPROTO:
            case Errno.ENETDOWN or Errno.ENETUNREACH or Errno.EHOSTDOWN or Errno.EHOSTUNREACH:
                break;

            case Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM:
                _restingUntil = Environment.TickCount64 + ResourcePause;
                break;

            default:
                Output.Complain($"superserver-handlers: accept: {Errno.Text(Errno.Last)}");
                _listener = NoListener;
                break;
        }
    }

    private void Begin(int socket, Func<int, Visitor> who)
    {
        var conversation = service.Begin(socket, service.AsksWho ? who(socket) : null);
        conversation.Step(ready: 0);
        _conversations.Add(conversation);
        _busyAt = Environment.TickCount64;
        EndConversations();
    }
}
