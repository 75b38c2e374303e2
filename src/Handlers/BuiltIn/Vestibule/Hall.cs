using System.Text;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>
/// Where clients say their first words: thousands of them on one thread, each under a deadline of his own. Watches their sockets for what
/// comes, not for what lies there: half a sentence costs nothing until more of it comes, or the time is over.
/// </summary>
/// <param name="name">The worker's, for complaints.</param>
/// <param name="read">What the first words mean.</param>
/// <param name="longest">As many bytes as <paramref name="read"/> ever needs.</param>
internal sealed class Hall(string name, Reader read, int longest)
{
    // What waits is taken at once, lest the daemon find no room for the next; but those who talk must not wait for ever.
    private const int MostAtOnce = 256;

    private readonly PoolLink _daemon = new(InheritedSocket.Descriptor);
    private readonly Poller _poller = new();
    private readonly Dictionary<int, Caller> _callers = [];
    private readonly SortedSet<(long Deadline, int Socket)> _deadlines = [];
    private readonly FloodGate _complaints = new(TimeProvider.System);
    private readonly FirstWords _words = new(read, longest);
    private bool _isClosed;

    public int Serve()
    {
        StandardDescriptors.RaiseLimit();
        var stop = StopSignal.Watch(_poller);
        if (!_poller.TryWatch(_daemon.Socket, Libc.POLLIN))
        {
            Output.Complain($"superserver-handlers: {name}: epoll: {Errno.Text(Errno.Last)}");
            return ExitCode.OsError;
        }

        while (!_isClosed || _callers.Count > 0)
        {
            Turn(stop);
        }

        return ExitCode.Done;
    }

    private void Turn(StopSignal stop)
    {
        _poller.Wait(Timeout());
        var hasNews = false;
        for (var index = 0; index < _poller.Count; index++)
        {
            var (socket, events) = _poller.Ready(index);
            hasNews |= socket == _daemon.Socket;
            if (socket == stop.Descriptor)
            {
                TakeNoMore(stop);
            }
            else if (_callers.TryGetValue(socket, out var caller))
            {
                Continue(caller, events);
            }
        }

        SeeOffTheLate();

        // Last, for a new client may have the number of a socket that was closed a moment ago.
        if (hasNews)
        {
            TakeArrivals();
        }
    }

    // The daemon can send no more from here on, and sees that; what it has sent is there to be read, and then the end.
    private void TakeNoMore(StopSignal stop)
    {
        _poller.Forget(stop.Descriptor);
        _ = Libc.shutdown(_daemon.Socket, Libc.SHUT_RD);
    }

    private int Timeout() => _deadlines.Count == 0
        ? -1
        : (int)Math.Clamp(_deadlines.Min.Deadline - Environment.TickCount64, 0, int.MaxValue);

    private void TakeArrivals()
    {
        for (var taken = 0; taken < MostAtOnce; taken++)
        {
            switch (_daemon.Receive(out var connection))
            {
                case PoolNews.Connection:
                    Begin(connection);
                    break;
                case PoolNews.End:
                    _isClosed = true;
                    _poller.Forget(_daemon.Socket);
                    return;
                default:
                    return;
            }
        }
    }

    private void Begin(in PoolConnection connection)
    {
        if (connection.Socket == PoolConnection.NoSocket)
        {
            Say("bad", connection.Id, Failure.Trouble);
            Complain("a client came without his socket: this process has as many descriptors as it may (see LimitNOFILE)");
            return;
        }

        var caller = new Caller(connection.Socket, connection.Id.ToArray(), Environment.TickCount64 + (long)VisitTimeout.Of(connection).TotalMilliseconds);
        _callers.Add(caller.Socket, caller);
        _deadlines.Add((caller.Deadline, caller.Socket));
        Obey(caller, _words.Hear(caller.Socket, events: 0));
        if (_callers.ContainsKey(caller.Socket) && caller.LastWords is null && !_poller.TryWatchForMore(caller.Socket))
        {
            Complain($"epoll: {Errno.Text(Errno.Last)}");
            Fail(caller, Failure.Trouble);
        }
    }

    private void Continue(Caller caller, short events)
    {
        if (caller.LastWords is { } lastWords)
        {
            Continue(caller, lastWords, events);
        }
        else
        {
            Obey(caller, _words.Hear(caller.Socket, events));
        }
    }

    private void Obey(Caller caller, Reading reading)
    {
        switch (reading)
        {
            case Reading.Understood understood when _words.Take(caller.Socket, understood.Length) && Reply(caller, understood.Reply):
                Leave(caller);
                Say(understood.Word, caller.Id, understood.Facts);
                break;
            case Reading.Answered answered when _words.Take(caller.Socket, answered.Length):
                Answer(caller, answered.Words);
                break;
            case Reading.Understood or Reading.Answered:
                Fail(caller, Failure.Closed);
                break;
            case Reading.Wrong wrong:
                Fail(caller, wrong.Why);
                break;
        }
    }

    // A few bytes, and the first that the client gets: there is room for them, or nobody to read them.
    private static bool Reply(Caller caller, byte[] reply) =>
        reply.Length == 0
        || Libc.send(caller.Socket, reply, (nuint)reply.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL) == reply.Length;

    private void Answer(Caller caller, byte[] words)
    {
        _poller.Forget(caller.Socket);
        caller.LastWords = new Statement(caller.Socket, words);
        caller.LastWords.Step(ready: 0);
        if (caller.LastWords.IsOver || !_poller.TryWatch(caller.Socket, caller.LastWords.Awaits))
        {
            Finish(caller);
        }
        else
        {
            Hurry(caller);
        }
    }

    private void Continue(Caller caller, Statement lastWords, short events)
    {
        var before = lastWords.Awaits;
        lastWords.Step(events);
        if (lastWords.IsOver)
        {
            Finish(caller);
        }
        else if (lastWords.Awaits != before)
        {
            _poller.Change(caller.Socket, lastWords.Awaits);
            Hurry(caller);
        }
    }

    // Who has been told everything gets less time than who has something to say.
    private void Hurry(Caller caller)
    {
        _deadlines.Remove((caller.Deadline, caller.Socket));
        caller.Deadline = Math.Min(caller.Deadline, caller.LastWords!.Deadline);
        _deadlines.Add((caller.Deadline, caller.Socket));
    }

    private void SeeOffTheLate()
    {
        while (_deadlines.Count > 0 && _deadlines.Min.Deadline <= Environment.TickCount64)
        {
            var late = _callers[_deadlines.Min.Socket];
            if (late.LastWords is null)
            {
                Fail(late, Failure.Timeout);
            }
            else
            {
                Finish(late);
            }
        }
    }

    private void Finish(Caller caller)
    {
        Leave(caller);
        Say("done", caller.Id);
    }

    private void Fail(Caller caller, string why)
    {
        Leave(caller);
        Say("bad", caller.Id, why);
    }

    // Before the daemon hears of it: then the socket is the daemon's alone. Forgotten first, for it stays open there.
    private void Leave(Caller caller)
    {
        _callers.Remove(caller.Socket);
        _deadlines.Remove((caller.Deadline, caller.Socket));
        _poller.Forget(caller.Socket);
        _ = Libc.close(caller.Socket);
    }

    private void Say(string word, ReadOnlySpan<byte> id, string facts = "")
    {
        var text = $"{word} {Encoding.ASCII.GetString(id)}";
        _daemon.Say(Encoding.ASCII.GetBytes(facts.Length == 0 ? text : $"{text} {facts}"));
    }

    private void Complain(string what)
    {
        if (_complaints.MaySpeak(out var swallowed))
        {
            Output.Complain($"superserver-handlers: {name}: {what}{(swallowed == 0 ? "" : $" (and {swallowed} more before it)")}");
        }
    }
}
