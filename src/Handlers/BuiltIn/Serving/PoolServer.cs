using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>
/// A worker of a pool: holds thousands of conversations on one thread, takes each from the daemon and says when it is over. It ends
/// when the daemon has closed its end and the last conversation is over.
/// </summary>
internal sealed class PoolServer(SimpleService service)
{
    // What waits is taken at once, lest the daemon find no room for the next; but those who talk must not wait for ever.
    private const int MostAtOnce = 256;

    private readonly PoolLink _daemon = new(InheritedSocket.Descriptor);
    private readonly Poller _poller = new();
    private readonly Dictionary<int, Guest> _guests = [];
    private readonly Alarms<Guest> _alarms = new();
    private bool _isClosed;

    public int Serve()
    {
        StandardDescriptors.RaiseLimit();
        if (!_poller.TryWatch(_daemon.Socket, Libc.POLLIN))
        {
            Output.Complain($"superserver-handlers: epoll: {Errno.Text(Errno.Last)}");
            return ExitCode.OsError;
        }

        while (!_isClosed || _guests.Count > 0)
        {
            Turn();
        }

        return ExitCode.Done;
    }

    private void Turn()
    {
        _poller.Wait(Timeout());
        var hasNews = false;
        for (var index = 0; index < _poller.Count; index++)
        {
            var (socket, events) = _poller.Ready(index);
            hasNews |= socket == _daemon.Socket;
            if (_guests.TryGetValue(socket, out var guest))
            {
                Continue(guest, events);
            }
        }

        EndOverdue();

        // Last, for a new client may have the number of a socket that was closed a moment ago.
        if (hasNews)
        {
            TakeArrivals();
        }
    }

    private int Timeout() => _alarms.Next is < long.MaxValue and var next
        ? (int)Math.Clamp(next - Environment.TickCount64, 0, int.MaxValue)
        : -1;

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
            _daemon.Done(connection.Id, ExitCode.TryLater);
            return;
        }

        var visitor = service.AsksWho ? Visitor.Known(connection.Socket, connection.ToEnvironment()) : null;
        var conversation = service.Begin(connection.Socket, visitor);
        conversation.Step(ready: 0);
        if (conversation.IsOver)
        {
            _ = Libc.close(connection.Socket);
            _daemon.Done(connection.Id, ExitCode.Done);
        }
        else if (!_poller.TryWatch(connection.Socket, conversation.Awaits))
        {
            _ = Libc.close(connection.Socket);
            _daemon.Done(connection.Id, ExitCode.OsError);
        }
        else
        {
            var guest = new Guest(conversation, connection.Id.ToArray());
            _guests.Add(connection.Socket, guest);
            _alarms.Set(guest, conversation.Deadline);
        }
    }

    private void Continue(Guest guest, short ready)
    {
        var conversation = guest.Conversation;
        var before = conversation.Awaits;
        conversation.Step(ready);
        if (conversation.IsOver)
        {
            End(guest);
            return;
        }

        if (conversation.Awaits != before)
        {
            _poller.Change(conversation.Socket, conversation.Awaits);
        }

        _alarms.Set(guest, conversation.Deadline);
    }

    private void EndOverdue()
    {
        while (_alarms.Take() is { } guest)
        {
            if (guest.Conversation.IsOver)
            {
                End(guest);
            }
            else
            {
                _alarms.Set(guest, guest.Conversation.Deadline);
            }
        }
    }

    private void End(Guest guest)
    {
        var socket = guest.Conversation.Socket;
        _alarms.Remove(guest);
        _guests.Remove(socket);
        _poller.Forget(socket);
        _ = Libc.close(socket);
        _daemon.Done(guest.Id, ExitCode.Done);
    }

    /// <summary>A client, and what the daemon calls the connection.</summary>
    private sealed class Guest(Conversation conversation, byte[] id)
    {
        public Conversation Conversation => conversation;

        public byte[] Id => id;
    }
}
