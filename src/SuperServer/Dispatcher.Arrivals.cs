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

            if (!MayTakeClients(entrance.Service))
            {
                StopListeningIfFull(entrance.Service);      // others have taken the last place meanwhile, or the load has grown
            }
            else if (entrance.Service.Definition.Mode == ServiceMode.Wait)
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
                Receive(service, arrival);
                break;
            case AcceptOutcome.OutOfResources:
                _journal.OutOfResources(service.Definition, entrance.Listener, _resourcePause);
                LetRest(entrance, RestReason.Resources, _resourcePause);
                break;
            case AcceptOutcome.ListenerBroken:
                Reopen(entrance);
                break;
            case AcceptOutcome.NothingWaiting or AcceptOutcome.PeerGone:
            default:
                break;
        }
    }

    private void Admit(Service service, in Arrival arrival, NameAnswer names)
    {
        var objection = Doorkeeper.Consider(service.Definition.Access, arrival.Peer, _moment.Local, names, out var needsName);
        if (needsName)
        {
            AskForName(service, arrival);
            return;
        }

        objection ??= Consider(service, arrival);
        BarVisitor(service, arrival.Peer, objection);
        if (objection is { } refusal)
        {
            _journal.Refused(service.Definition, _launcher.IdFor(arrival), arrival, refusal);
            TurnAway(service, arrival, refusal);
            return;
        }

        if (service.Inner is { } vestibule)
        {
            LetWait(service, vestibule, arrival);
        }
        else
        {
            Serve(service, arrival);
        }

        StopListeningIfFull(service);
    }

    private void Serve(Service service, in Arrival arrival)
    {
        Greet(service, arrival);
        if (service.Definition.Mode == ServiceMode.Pool)
        {
            HandToWorker(service, arrival);
        }
        else
        {
            StartFor(service, arrival);
        }
    }

    // Full of clients is a line of its own; having to wait for the clock is a state, and told as one.
    private void StopListeningIfFull(Service service)
    {
        if (MayTakeClients(service))
        {
            return;
        }

        if (RoomFor(service) is { Objection: { } objection, Until: null })
        {
            _journal.Full(service.Definition, objection);
        }

        AttendAll(service);
    }

    // Whoever is let in may get the place of somebody who does not get on in the vestibule.
    private Refusal? Consider(Service service, in Arrival arrival)
    {
        var objection = Ask(service, arrival);
        return objection is { Limit: "max_connections" or "pool" } && MakeWay(service, most: 1) ? Ask(service, arrival) : objection;
    }

    private Refusal? Ask(Service service, in Arrival arrival) =>
        ObjectToStint()
        ?? _gate.Consider(service.Definition, service.Crowd, service.Pace, arrival.Peer, MomentFor(service))
        ?? (service.Definition.Mode == ServiceMode.Pool && !HasRoomFor(service, 1) ? PoolIsFull(service) : null);

    private void StartFor(Service service, in Arrival arrival)
    {
        var result = Launch(service, arrival);
        _ = Libc.close(arrival.Socket);     // the child has its own; without one the client must not be left hanging
        switch (result)
        {
            case LaunchResult.Launched launched:
                _journal.Started(service.Definition, launched.Child.Id, launched.Child.Pid, arrival);
                TakeIn(service, launched);
                Count(service, service.Begin(launched.Child.Id, arrival.Peer, launched.Child, Now));
                service.Suspicion.Forgive();
                break;
            case LaunchResult.Failed failed:
                CountMissed(service, arrival.Peer, failed);
                Complain(service, arrival, failed);
                GiveBackPlace(service, arrival);
                break;
        }
    }

    // Whoever came through the vestibule has counted since.
    private static void GiveBackPlace(Service service, in Arrival arrival)
    {
        if (arrival.Passage is { } passage)
        {
            _ = service.End(passage.Number);
        }
    }

    // A machine without memory, or a program that is not there: the client is lost, the next ones wait in the backlog.
    private void Complain(Service service, in Arrival arrival, LaunchResult.Failed failed) =>
        Complain(service, service.Definition, arrival, failed);

    private void Complain(Service service, ServiceDefinition program, in Arrival arrival, LaunchResult.Failed failed)
    {
        var id = arrival.Passage is { } passage ? new ConnectionId(passage.Number) : _launcher.LastId;
        _journal.CouldNotStart(program, id, arrival.Peer.ToString(), failed);
        var (reason, time) = failed.IsShortage
            ? (RestReason.Resources, _resourcePause)
            : (RestReason.Broken, service.Suspicion.AfterFailure());
        RestAll(service, reason, time);
    }

    // A client who was accepted with the last descriptor gets the reserve, and the entrances rest until it is whole again.
    private LaunchResult Launch(Service service, in Arrival arrival)
    {
        var result = _launcher.Launch(service.Definition, service.Plan, arrival);
        if (result is LaunchResult.Failed { IsShortage: true } && _reserve.Release())
        {
            result = _launcher.Launch(service.Definition, service.Plan, arrival);
            RestAll(service, RestReason.Resources, _resourcePause);
        }

        return result;
    }

    // From here on the connection counts, and its time runs.
    private void Count(Service service, Connection connection)
    {
        CountDown();
        if (service.Definition.MaxRuntime is { } most)
        {
            _agenda.Set(Errand.Overtime, connection.Id.Number, connection.Since + most);
        }
    }

    private void TakeIn(Service service, LaunchResult.Launched launched, IReadOnlyList<Entrance>? entrances = null, Worker? worker = null)
    {
        var (child, words) = launched;
        TakeIn(new Resident(child, service, entrances ?? [], worker));
        if (words >= 0)
        {
            Hear(new ChildWords(service.Definition.Name, child.Id, words));
        }
    }

    private void TakeIn(Resident resident)
    {
        var child = resident.Child;
        resident.Service.Add(child);
        _residents.Add(child.Pid, resident);
        if (!_poller.TryWatch(child.PidFd, Readiness.Ending, child.Pid))
        {
            _unwatched.Add(child.Pid);
        }
    }

    private void Hear(ChildWords words)
    {
        var number = ++_lastNumber;
        _words.Add(number, words);
        _poller.Watch(words.Pipe, Readiness.Words, number);     // never closed unheard: its writer would be killed by SIGPIPE
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
            _poller.ForgetClosing(words.Pipe);
            words.Dispose();
        }
    }
}
