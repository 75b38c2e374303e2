using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>
/// The part about datagrams that get a child for each peer. The socket in which a peer's datagrams have arrived becomes the
/// child's, and a new one takes its place. What other peers have sent meanwhile may lie in the old one, and no child must read
/// that: then each peer gets a new socket, and an usher, who is nobody, empties the old one and sends everything once more
/// (docs/decisions/0006).
/// </summary>
internal sealed partial class Dispatcher
{
    /// <summary>Peers of one mixed socket who get their children in one turn; the others come back to the door.</summary>
    private const int MostAtOnce = 32;

    private static readonly TimeSpan _ushersTime = TimeSpan.FromSeconds(1);

    private readonly Ushers _ushers = new();
    private readonly List<Stranded> _stranded = [];

    private void AcceptDatagram(Entrance entrance)
    {
        var (service, main) = (entrance.Service, entrance.Listener!);
        if (main.FirstSender(out var length) is not { } first)
        {
            return;     // its checksum was wrong, and the kernel has dropped it
        }

        if (ObjectionTo(service, first) is { } refusal)
        {
            _ = Spawn.DiscardDatagram(main.Socket);     // this one only: the next turn looks at the next
            service.Refused++;
            CountMissed(service, refusal.Limit, Peer.Internet(first.Name));
            _journal.Refused(service.Definition, _launcher.NextId(), ArrivalOf(main, first), refusal);
            return;
        }

        if (main.OpenSuccessor(service.Definition.Backlog) is not ListenResult.Opened { Listener: var successor })
        {
            _journal.OutOfResources(service.Definition, main, _resourcePause);
            LetRest(entrance, RestReason.Resources, _resourcePause);
            return;
        }

        Succeed(entrance, successor);
        PassOn(entrance, main, first, length);
        Attend(entrance);
        StopListeningIfFull(service);
    }

    private void Succeed(Entrance entrance, Listener successor)
    {
        if (entrance.IsWatched)
        {
            _poller.Forget(entrance.Listener!.Socket);
            entrance.IsWatched = false;
        }

        entrance.Listener = successor;
    }

    // Nothing arrives in the frozen socket any more. Once it is connected, nothing of anybody else can; the second look is for
    // what came while it was not.
    private void PassOn(Entrance entrance, Listener frozen, in Sender first, int length)
    {
        var census = new Census(frozen, first, length);
        if (!census.IsOnly(first))
        {
            SortOut(entrance, frozen, first, census);
        }
        else if (frozen.TryDedicateTo(first) && census.IsOnly(first))
        {
            Serve(new Stranded(entrance, frozen, first, census.Count));
        }
        else
        {
            frozen.Park();
            SortOut(entrance, frozen, first, census);
        }
    }

    // The socket holds datagrams of this sender alone.
    private void Serve(Stranded visit)
    {
        var (entrance, own, sender, waiting) = (visit.Entrance, visit.Socket, visit.Sender!.Value, visit.Waiting);
        if (entrance.Service.IsLeaving)
        {
            own.Dispose();      // it has left the file while they waited
            return;
        }

        own.MakeOrdinary();
        switch (TryStart(entrance.Service, own, sender))
        {
            case null:
                own.Dispose();
                break;
            case { IsShortage: true }:
                _stranded.Add(visit with { Until = Now + _resourcePause });
                break;
            case { } failed:
                _ = Spawn.DiscardDatagram(own.Socket);
                CountMissed(entrance.Service, Peer.Internet(sender.Name), failed);
                own.Park();
                SendBack(entrance, own, waiting - 1);
                break;
        }
    }

    private LaunchResult.Failed? TryStart(Service service, Listener own, in Sender sender)
    {
        var arrival = ArrivalOf(own, sender);
        var result = Launch(service, arrival);
        if (result is LaunchResult.Launched launched)
        {
            _journal.Started(service.Definition, launched.Child.Id, launched.Child.Pid, arrival);
            TakeIn(service, launched);
            Count(service, service.Begin(launched.Child.Id, arrival.Peer, launched.Child, Now));
            service.Suspicion.Forgive();
            return null;
        }

        var failed = (LaunchResult.Failed)result;
        Complain(service, arrival, failed);
        return failed;
    }

    private static Arrival ArrivalOf(Listener socket, in Sender sender) => new(
        socket.Socket, Peer.Internet(sender.Name), SocketName.TryGet(socket.Socket, out var local) ? local : socket.Bound);

    // The socket is mixed, or its answers would come from a wrong address.
    private void SortOut(Entrance entrance, Listener frozen, in Sender first, Census census)
    {
        if (!Ushers.CanWork(frozen))
        {
            SaveTheLast(entrance, frozen, first, census);
            return;
        }

        var waiting = census.Count;
        if (GiveOwnSocket(entrance, first) is { IsShortage: false } failed)
        {
            _ = Spawn.DiscardDatagram(frozen.Socket);
            CountMissed(entrance.Service, Peer.Internet(first.Name), failed);
            waiting--;
        }
        else
        {
            Welcome(entrance, census.Senders.Skip(1).Take(MostAtOnce));
        }

        SendBack(entrance, frozen, waiting);
    }

    // Whoever is not let in, and everybody behind, comes back to the door and is heard there.
    private void Welcome(Entrance entrance, IEnumerable<Sender> others)
    {
        foreach (var sender in others)
        {
            if (!MayEnter(entrance.Service, sender) || GiveOwnSocket(entrance, sender) is not null)
            {
                return;
            }
        }
    }

    private bool MayEnter(Service service, in Sender sender) =>
        MayTakeClients(service) && ObjectionTo(service, sender) is null;

    // Nobody waits for a name here: rules by name are for connections (ServiceReader).
    private Refusal? ObjectionTo(Service service, in Sender sender)
    {
        var peer = Peer.Internet(sender.Name);
        return Doorkeeper.Consider(service.Definition.Access, peer, _moment.Local, NameAnswer.Nobody, out _)
            ?? _gate.Consider(service.Definition, service.Crowd, service.Pace, peer, MomentFor(service));
    }

    // Its datagrams follow it there: the usher sends them, and the kernel knows whose socket it is. What others have sent in the
    // moment before it was connected goes back to the door, and so does the client then: it will be heard again.
    private LaunchResult.Failed? GiveOwnSocket(Entrance entrance, in Sender sender)
    {
        var (service, main) = (entrance.Service, entrance.Listener);
        if (main is null
            || Listener.OpenFor(main, sender, service.Definition.Backlog) is not ListenResult.Opened { Listener: var own })
        {
            return null;
        }

        var census = new Census(own);
        LaunchResult.Failed? failed = null;
        if (census.IsOnly(sender))
        {
            own.MakeOrdinary();
            failed = TryStart(service, own, sender);
            if (failed is null)
            {
                own.Dispose();
                return null;
            }
        }

        own.Park();
        SendBack(entrance, own, census.Count);
        return failed;
    }

    // Without an usher: what is not the last one's is dropped, unread, so that at least one client is served.
    private void SaveTheLast(Entrance entrance, Listener frozen, in Sender first, Census census)
    {
        var (last, lost) = (census.Last, census.BeforeLast);
        for (var dropped = 0; dropped < lost; dropped++)
        {
            _ = Spawn.DiscardDatagram(frozen.Socket);
        }

        var isFree = last.Name == first.Name || MayEnter(entrance.Service, last);
        if (isFree && frozen.TryDedicateTo(last) && new Census(frozen).IsOnly(last))
        {
            LoseAtHandover(entrance.Service, lost);
            Serve(new Stranded(entrance, frozen, last, census.Count - lost));
            return;
        }

        frozen.Park();
        frozen.Dispose();
        LoseAtHandover(entrance.Service, census.Count);
        if (isFree)
        {
            _ = GiveOwnSocket(entrance, last);      // the answers to what it sends next come from the right address
        }
    }

    private void SendBack(Entrance entrance, Listener frozen, int waiting)
    {
        if (waiting > 0)
        {
            switch (_ushers.Send(_launcher, entrance, frozen, _configuration.Daemon.HandlersDirectory))
            {
                case LaunchResult.Launched { Child: var child }:
                    if (!_poller.TryWatch(child.PidFd, Readiness.Ending, child.Pid))
                    {
                        _unwatched.Add(child.Pid);
                    }

                    WaitForUsher(entrance);
                    break;
                case LaunchResult.Failed { IsShortage: true }:
                    RestAll(entrance.Service, RestReason.Resources, _resourcePause);
                    _stranded.Add(new Stranded(entrance, frozen, null, waiting) { Until = Now + _resourcePause });
                    return;
                default:
                    LoseAtHandover(entrance.Service, waiting);
                    break;
            }
        }

        frozen.Dispose();
    }

    private void LoseAtHandover(Service service, int count)
    {
        _journal.LostAtHandover(service.Definition, count);
        if (count > 0)
        {
            CountMissed(service, "handover", peer: null, count);
        }
    }

    // Those who come back to the door must all be there before it is looked at: a client who got a socket between two of its
    // datagrams would have the second one first. Not for ever, should somebody have stopped the usher.
    private void WaitForUsher(Entrance entrance)
    {
        if (_entrances.ContainsKey(entrance.Number))
        {
            LetRest(entrance, RestReason.Handover, _ushersTime);
        }
    }

    private bool ReapUsher(int pid)
    {
        if (_ushers.TryReap(pid, out var entrance) is { } ending)
        {
            _unwatched.Remove(pid);
            if (entrance!.Rest is not null)
            {
                _agenda.Set(Errand.Wake, entrance.Number, Now);
            }

            if (!ending.IsClean)
            {
                _journal.UsherFailed(entrance.Service.Definition, ending);
            }
        }

        return entrance is not null;
    }

    // Those for whom a process was wanting wait in their sockets.
    private void WakeStranded()
    {
        foreach (var visit in _stranded.Where(visit => visit.Until <= Now).ToArray())
        {
            _stranded.Remove(visit);
            if (visit.Sender is null)
            {
                SendBack(visit.Entrance, visit.Socket, visit.Waiting);
            }
            else
            {
                Serve(visit);
            }
        }
    }

    /// <summary>A socket full of datagrams, whose they are (null: of many), and how many.</summary>
    private sealed record Stranded(Entrance Entrance, Listener Socket, Sender? Sender, int Waiting)
    {
        public TimeSpan Until { get; init; }
    }
}
