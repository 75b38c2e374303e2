using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>The part about wait servers, which have the socket itself, and about entrances that rest.</summary>
internal sealed partial class Dispatcher
{
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
                service.Served++;
                CountDown();
                _journal.Started(service.Definition, launched.Child, listener);
                TakeIn(service, launched, [entrance]);
                break;
            case LaunchResult.Failed failed:
                _journal.CouldNotStart(service.Definition, _launcher.LastId, listener.Address, failed);
                entrance.StartsOnWaking = service.Definition.RunsUntilDone;
                if (!failed.IsShortage)
                {
                    SendAwayOne(entrance);
                }

                RestAfterFailure(entrance, failed);
                break;
        }

        Attend(entrance);
        Settle(service);
    }

    private void RestAfterFailure(Entrance entrance, LaunchResult.Failed failed)
    {
        if (failed.IsShortage)
        {
            LetRest(entrance, RestReason.Resources, _resourcePause);
        }
        else
        {
            BackOff(entrance, entrance.Service.Suspicion.AfterFailure());
        }
    }

    // Whoever has come for a server that cannot be started must not start it again and again: one datagram, or one client.
    // Not in a shortage, which passes: then they wait where they are until the rest is over.
    private void SendAwayOne(Entrance entrance)
    {
        var listener = entrance.Listener!;
        if (!listener.Endpoint.IsStream)
        {
            _ = Spawn.DiscardDatagram(listener.Socket);
            CountMissed(entrance.Service, "start", peer: null);
            return;
        }

        listener.SetBlocking(false);
        if (listener.TryAccept(out var arrival) == AcceptOutcome.Accepted)
        {
            TurnAway(entrance.Service, arrival, new Refusal("start", "failed", null));
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

        if (service.Definition.Mode != ServiceMode.Wait)
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
        BackOff(entrance, service.Suspicion.After(ending, tookSomething, listener.HasVisitors()));
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
        BackOff(entrance, entrance.Service.Suspicion.AfterFailure());
    }

    private void BackOff(Entrance entrance, TimeSpan rest)
    {
        if (rest >= Suspicion.AtOnce)
        {
            _journal.BackingOff(entrance.Service.Definition, rest);
        }

        if (rest > TimeSpan.Zero)
        {
            LetRest(entrance, rest >= Suspicion.AtOnce ? RestReason.Broken : RestReason.Resources, rest);
        }
    }

    private void RestAll(Service service, RestReason reason, TimeSpan time)
    {
        foreach (var entrance in service.Entrances.Where(entrance => entrance.Listener is not null))
        {
            if (reason == RestReason.Resources)
            {
                _journal.OutOfResources(service.Definition, entrance.Listener!, time);
            }

            LetRest(entrance, reason, time);
        }

        if (reason == RestReason.Broken)
        {
            _journal.BackingOff(service.Definition, time);
        }

        Settle(service);
    }

    private void LetRest(Entrance entrance, RestReason reason, TimeSpan time, string? why = null)
    {
        entrance.Rest = new Rest(reason, Now + time, why);
        _agenda.Set(Errand.Wake, entrance.Number, entrance.Rest.Until);
        Attend(entrance);
    }

    private void Wake(int number)
    {
        if (!_entrances.TryGetValue(number, out var entrance))
        {
            return;
        }

        if (!_reserve.TryFill())
        {
            LetRest(entrance, RestReason.Resources, _resourcePause, entrance.Rest?.Why);
            return;
        }

        entrance.Rest = null;
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
        Settle(entrance.Service);
    }
}
