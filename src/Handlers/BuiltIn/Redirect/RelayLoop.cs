using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// Holds all relays of a process on one thread. It ends when the door has closed and the last relay is over; SIGTERM ends everything
/// at once, for the daemon sends it to whom it has waited for long enough.
/// </summary>
internal sealed class RelayLoop
{
    // What waits is taken at once, lest the daemon find no room for the next; but those who talk must not wait for ever.
    private const int MostAtOnce = 256;

    private readonly RedirectSettings _settings;
    private readonly Door _door;
    private readonly Poller _poller = new();
    private readonly StopSignal _stop;
    private readonly HostBook _book = new(HostAddresses.Find, TimeProvider.System);
    private readonly Watch<Relay> _watch;
    private readonly HashSet<Relay> _relays = [];
    private readonly Alarms<Relay> _alarms = new();
    private int _watchedDoor = Dial.NoSocket;

    public RelayLoop(RedirectSettings settings, Door door)
    {
        (_settings, _door) = (settings, door);
        _stop = StopSignal.Watch(_poller);
        _watch = new Watch<Relay>(_poller);
    }

    public int Serve()
    {
        _ = _poller.TryWatch(_book.Descriptor, Libc.POLLIN);
        TakeArrivals();
        while (!_door.IsClosed || _relays.Count > 0)
        {
            Turn();
        }

        return _door.ExitCode;
    }

    private void Turn()
    {
        WatchDoor();
        _poller.Wait(Patience());
        var hasArrivals = false;
        for (var index = 0; index < _poller.Count; index++)
        {
            var (socket, events) = _poller.Ready(index);
            hasArrivals |= socket == _watchedDoor;
            Obey(socket, events);
        }

        Ring();

        // Last, for a new client may have the number of a socket that was closed a moment ago.
        if (hasArrivals)
        {
            TakeArrivals();
        }

        _door.Tick(_relays.Count);
    }

    private void Obey(int socket, short events)
    {
        if (_watch.OwnerOf(socket) is { } relay)
        {
            relay.Step(socket, events);
            Attend(relay);
        }
        else if (socket == _book.Descriptor)
        {
            _book.Deliver();
        }
        else if (socket == _stop.Descriptor)
        {
            _poller.Forget(socket);
            StopEverything();
        }
    }

    private void TakeArrivals()
    {
        for (var taken = 0; taken < MostAtOnce && !_door.IsClosed && _door.Next() is { } guest; taken++)
        {
            var relay = new Relay(guest, _settings, _book, _watch, Attend);
            _relays.Add(relay);
            relay.Begin();
            Attend(relay);
        }
    }

    // After anything that may have moved a relay's deadline, or ended it.
    private void Attend(Relay relay)
    {
        if (relay.IsOver)
        {
            _alarms.Remove(relay);
            if (_relays.Remove(relay))
            {
                _door.Over(relay.Guest, relay.ExitCode);
            }
        }
        else
        {
            _alarms.Set(relay, relay.Deadline);
        }
    }

    private void Ring()
    {
        while (_alarms.Take() is { } relay)
        {
            relay.Tick();
            Attend(relay);
        }
    }

    private int Patience()
    {
        var next = Math.Min(_door.Deadline, _alarms.Next);
        return next == long.MaxValue ? -1 : (int)Math.Clamp(next - Environment.TickCount64, 0, int.MaxValue);
    }

    // A door that rests for want of descriptors is not watched, nor is one that is closed.
    private void WatchDoor()
    {
        var door = _door.IsClosed ? Dial.NoSocket : _door.Socket;
        if (door != _watchedDoor)
        {
            if (_watchedDoor != Dial.NoSocket)
            {
                _poller.Forget(_watchedDoor);
            }

            if (door != Dial.NoSocket)
            {
                _ = _poller.TryWatch(door, Libc.POLLIN);
            }

            _watchedDoor = door;
        }
    }

    private void StopEverything()
    {
        _door.Close();
        foreach (var relay in _relays.ToArray())
        {
            relay.End("stopped", isWhole: false);
            Attend(relay);
        }
    }
}
