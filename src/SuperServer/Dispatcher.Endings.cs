using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>The part about children that end, wait servers, and entrances that rest: what frees a place, and when.</summary>
internal sealed partial class Dispatcher
{
    // Children whose pidfd the kernel had no memory to watch: asked once a second, so that none is ever forgotten.
    private readonly HashSet<int> _unwatched = [];
    private readonly bool _isFirstProcess = Libc.getpid() == 1;

    private void ReapChildren()
    {
        foreach (var pid in _poller.Ready(Hosting.Readiness.Ending, _ready))
        {
            Reap(pid);
        }

        foreach (var pid in _unwatched.ToArray())
        {
            Reap(pid);
        }

        BuryOrphans();
    }

    private void Reap(int pid)
    {
        if (ReapUsher(pid) || !_residents.TryGetValue(pid, out var resident) || Reaper.TryReap(resident.Child) is not { } ending)
        {
            return;
        }

        var (child, service, entrance) = resident;
        _residents.Remove(pid);
        _unwatched.Remove(pid);
        child.Dispose();
        service.Remove(child);
        _journal.Ended(service.Definition, child, ending);
        if (!TakeBackShared(service, child, ending) && entrance?.Server == child)
        {
            TakeBack(entrance, ending);
        }

        AttendAll(service);
    }

    // PID 1 inherits every orphan. No signal tells of them: had the runtime one for SIGCHLD, it would reap our children itself.
    private void BuryOrphans()
    {
        while (_isFirstProcess && Reaper.FindDead() is { } pid)
        {
            if (_residents.ContainsKey(pid))
            {
                Reap(pid);
            }
            else
            {
                Reaper.Bury(pid);
            }
        }
    }

    private void StartServer(Entrance entrance)
    {
        if (entrance.Service.Definition.ListenFds)
        {
            StartSharedServer(entrance);
            return;
        }

        var (service, listener) = (entrance.Service, entrance.Listener!);
        listener.SetBlocking(true);     // the last server may have left it otherwise
        entrance.WaitingAtStart = listener.WaitingBytes();
        switch (_launcher.Launch(service.Definition, service.Plan, listener))
        {
            case LaunchResult.Launched launched:
                entrance.Server = launched.Child;
                _journal.Started(service.Definition, launched.Child, listener);
                TakeIn(service, launched, entrance);
                break;
            case LaunchResult.Failed failed:
                _journal.CouldNotStart(service.Definition, _launcher.LastId, listener.Address, failed);
                entrance.StartsOnWaking = service.Definition.RunsUntilDone;
                if (!failed.IsShortage)
                {
                    SendAwayOne(entrance);
                }

                RestFor(entrance, failed.IsShortage ? _resourcePause : service.Suspicion.AfterFailure());
                break;
        }

        Attend(entrance);
    }

    // Whoever has come for a server that cannot be started must not start it again and again: one datagram, or one client.
    // Not in a shortage, which passes: then they wait where they are until the rest is over.
    private static void SendAwayOne(Entrance entrance)
    {
        var listener = entrance.Listener!;
        if (!listener.Endpoint.IsStream)
        {
            _ = Spawn.DiscardDatagram(listener.Socket);
            return;
        }

        listener.SetBlocking(false);
        if (listener.TryAccept(out var arrival) == AcceptOutcome.Accepted)
        {
            TurnAway(entrance.Service, arrival);
        }
    }

    // The socket of a wait service is ours again.
    private void TakeBack(Entrance entrance, in Ending ending)
    {
        var service = entrance.Service;
        entrance.Server = null;
        if (entrance.Listener is not { } listener)
        {
            return;
        }

        if (service.Definition.Mode == ServiceMode.Nowait)
        {
            listener.SetBlocking(false);    // a reload has changed the mode while the server lived
            return;
        }

        if (service.Definition.RunsUntilDone)
        {
            ConsiderUnfinished(entrance, ending);
            return;
        }

        var tookSomething = listener.WaitingBytes() < entrance.WaitingAtStart;
        RestFor(entrance, service.Suspicion.After(ending, tookSomething, listener.HasVisitors()));
    }

    private void ConsiderUnfinished(Entrance entrance, in Ending ending)
    {
        if (ending.IsClean)
        {
            entrance.Service.Suspicion.Forgive();
            return;
        }

        if (ending.Age > TimeSpan.FromMinutes(1))
        {
            entrance.Service.Suspicion.Forgive();
        }

        entrance.StartsOnWaking = true;
        RestFor(entrance, entrance.Service.Suspicion.AfterFailure());
    }

    private void RestFor(Entrance entrance, TimeSpan rest)
    {
        if (rest > Suspicion.Breath && rest != _resourcePause)
        {
            _journal.BackingOff(entrance.Service.Definition, rest);
        }

        if (rest > TimeSpan.Zero)
        {
            Rest(entrance, rest);
        }
    }

    private void RestAll(Service service)
    {
        foreach (var entrance in service.Entrances.Where(entrance => entrance.Listener is not null))
        {
            _journal.OutOfResources(service.Definition, entrance.Listener!, _resourcePause);
            Rest(entrance, _resourcePause);
        }
    }

    private void Rest(Entrance entrance, TimeSpan time)
    {
        entrance.RestsUntil = Now + time;
        if (!_resting.Contains(entrance))
        {
            _resting.Add(entrance);
        }

        Attend(entrance);
    }

    private void WakeResting()
    {
        foreach (var entrance in _resting.Where(entrance => entrance.RestsUntil <= Now).ToArray())
        {
            if (!_reserve.TryFill())
            {
                Rest(entrance, _resourcePause);
                continue;
            }

            _resting.Remove(entrance);
            entrance.RestsUntil = null;
            if (entrance.Listener is null)
            {
                TryOpen(entrance);
            }
            else if (entrance.StartsOnWaking && entrance.Server is null)
            {
                entrance.StartsOnWaking = false;
                StartServer(entrance);
            }

            Attend(entrance);
        }
    }
}
