using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Recording;

namespace SuperServer;

/// <summary>The part about clients who come: accept, admit, launch, and hear what the child says.</summary>
internal sealed partial class Dispatcher
{
    private void AcceptArrivals()
    {
        foreach (var number in _poller.Ready(Readiness.Arrival, _ready))
        {
            if (!_entrances.TryGetValue(number, out var entrance) || !entrance.IsWatched)
            {
                continue;       // closed or put to rest since the poller saw it
            }

            if (entrance.Service.Definition.Mode == ServiceMode.Wait)
            {
                StartServer(entrance);
            }
            else if (!entrance.Endpoint.IsStream)
            {
                AcceptDatagram(entrance);
            }
            else
            {
                Accept(entrance);
            }
        }
    }

    // One client for each turn of the loop: it keeps the services even, and the poller says whether there are more.
    private void Accept(Entrance entrance)
    {
        var service = entrance.Service;
        switch (entrance.Listener!.TryAccept(out var arrival))
        {
            case AcceptOutcome.Accepted:
                Admit(service, arrival);
                break;
            case AcceptOutcome.OutOfResources:
                _journal.OutOfResources(service.Definition, entrance.Listener, _resourcePause);
                Rest(entrance, _resourcePause);
                break;
            case AcceptOutcome.ListenerBroken:
                Reopen(entrance);
                break;
            case AcceptOutcome.NothingWaiting or AcceptOutcome.PeerGone:
            default:
                break;
        }
    }

    private void Admit(Service service, in Arrival arrival)
    {
        if (_gate.Consider(service.Definition, service.Crowd, service.Pace, arrival.Peer, Moment()) is { } refusal)
        {
            TurnAway(service, arrival);
            _journal.Refused(service.Definition, _launcher.NextId(), arrival, refusal);
            return;
        }

        var result = Launch(service, arrival);
        _ = Libc.close(arrival.Socket);     // the child has its own; without one the client must not be left hanging
        switch (result)
        {
            case LaunchResult.Launched launched:
                _journal.Started(service.Definition, launched.Child, arrival);
                TakeIn(service, launched, entrance: null);
                break;
            case LaunchResult.Failed failed:
                _journal.CouldNotStart(service.Definition, _launcher.LastId, arrival.Peer.ToString(), failed);
                if (failed.IsShortage)
                {
                    RestAll(service);
                }

                break;
        }

        if (!HasRoom(service))
        {
            _journal.Full(service.Definition);
            AttendAll(service);
        }
    }

    // A client who was accepted with the last descriptor gets the reserve, and the entrances rest until it is whole again.
    private LaunchResult Launch(Service service, in Arrival arrival)
    {
        var result = _launcher.Launch(service.Definition, service.Plan, arrival);
        if (result is LaunchResult.Failed { IsShortage: true } && _reserve.Release())
        {
            result = _launcher.Launch(service.Definition, service.Plan, arrival);
            RestAll(service);
        }

        return result;
    }

    private static void TurnAway(Service service, in Arrival arrival)
    {
        if (service.Definition.Limits.Overflow == Overflow.Reset)
        {
            var atOnce = new Libc.linger { l_onoff = 1, l_linger = 0 };
            _ = Libc.setsockopt(arrival.Socket, Libc.SOL_SOCKET, Libc.SO_LINGER, atOnce, 2 * sizeof(int));
        }

        _ = Libc.close(arrival.Socket);
    }

    private void TakeIn(Service service, LaunchResult.Launched launched, Entrance? entrance)
    {
        var (child, words) = launched;
        service.Add(child);
        _residents.Add(child.Pid, new Resident(child, service, entrance));
        if (!_poller.TryWatch(child.PidFd, Readiness.Ending, child.Pid))
        {
            _unwatched.Add(child.Pid);
        }

        if (words >= 0)
        {
            var number = ++_lastNumber;
            _words.Add(number, new ChildWords(service.Definition.Name, child.Id, words));
            if (!_poller.TryWatch(words, Readiness.Words, number))
            {
                Mute(number);
            }
        }
    }

    private void HearChildren()
    {
        foreach (var number in _poller.Ready(Readiness.Words, _ready))
        {
            if (_words.TryGetValue(number, out var words) && !words.Listen(_journal.Says))
            {
                Mute(number);
            }
        }
    }

    private void Mute(int number)
    {
        if (_words.Remove(number, out var words))
        {
            words.Dispose();
        }
    }
}
