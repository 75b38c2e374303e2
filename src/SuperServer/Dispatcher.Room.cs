using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;

namespace SuperServer;

/// <summary>The part about room: whether a service may take one more client, and the states that follow from it.</summary>
internal sealed partial class Dispatcher
{
    private readonly SystemLoad _systemLoad = new();
    private bool _somebodyMindsTheLoad;

    // A full service that turns clients away must accept them first; one that lets them queue stops listening.
    private bool MayTakeClients(Service service)
    {
        if (service.IsPaused || _isUpgrading || service.HasQueueInside || _clientsToCome == 0)
        {
            return false;
        }

        if (!LetsClientsWait(service.Definition))
        {
            return true;
        }

        var room = RoomFor(service);
        if (room.Until is { } until)
        {
            _agenda.Set(Errand.Reconsider, service.Number, until);
        }
        else if (!room.IsFree)
        {
            ThinkOfWhoIsInside(service);
        }

        return room.IsFree;
    }

    // The clients of a wait service always do: the daemon takes none of them, and so has none to turn away. A task of our own
    // is no client's doing, and waits for no place.
    private static bool LetsClientsWait(ServiceDefinition definition) =>
        !definition.RunsUntilDone && (definition.Mode == ServiceMode.Wait || definition.Limits.Overflow == Overflow.Queue);

    private Room RoomFor(Service service)
    {
        var room = _gate.RoomFor(service.Definition, service.Crowd, service.Pace, MomentFor(service) with { Expected = service.Expected });
        return room.IsFree && service.Definition.Mode == ServiceMode.Pool && !HasRoomFor(service, 1 + service.Expected)
            ? new Room(PoolIsFull(service), null)
            : room;
    }

    // A worker that has room needs no place among the children: it has one already.
    private Moment MomentFor(Service service) => _moment with
    {
        Children = service.Definition.Mode == ServiceMode.Pool && FreestWorker(service) is not null ? 0 : _residents.Count + _promised,
    };

    private static Refusal PoolIsFull(Service service) => service.Workers.Exists(worker => worker.IsCatchingUp)
        ? new("pool", "its workers have yet to take what they were given", null)
        : new("pool", $"workers={service.Definition.Pool.Workers} max_concurrent={service.Definition.Pool.MaxConcurrent}", null);

    // After a child has ended. If there were as many as there may be, everybody was kept waiting for it.
    private void AttendAfterEnding(Service service)
    {
        if (_configuration.House.MaxChildren is { } most && _residents.Count + 1 >= most.Max)
        {
            AttendEverybody();
        }

        AttendAll(service);
    }

    private void Reconsider(int number)
    {
        foreach (var service in _services.Values.Where(service => service.Number == number))
        {
            AttendAll(service);
        }
    }

    // Asked for only if somebody wants to know.
    private double Load() => _somebodyMindsTheLoad ? _systemLoad.At(Now) : 0;

    // Says so when the service does something else than it did.
    private void Settle(Service service)
    {
        var state = StateOf(service);
        if (state.Name != service.State.Name)
        {
            _journal.StateChanged(service.Definition, service.State.Word, state.Word, state.Why, state.Until - Now);
        }

        service.State = state;
    }

    private ServiceState StateOf(Service service)
    {
        if (service.IsLeaving)
        {
            return new ServiceState(StateName.Draining, "it is in the configuration no more");
        }

        if (service.IsPaused)
        {
            return new ServiceState(service.IsDraining ? StateName.Draining : StateName.Paused, "ordered by the administrator");
        }

        Entrance? closed = null, resting = null;
        var isOpen = false;
        foreach (var entrance in service.Entrances)
        {
            closed ??= entrance is { Listener: null, IsMissing: false } ? entrance : null;
            resting ??= entrance.Rest is { Reason: not RestReason.Handover } ? entrance : null;
            isOpen |= entrance.Listener is not null;
        }

        return closed is not null ? StateOfClosed(closed, isOpen)
            : resting?.Rest is { } rest ? StateOfResting(rest)
            : StateByRoom(service);
    }

    private static ServiceState StateOfClosed(Entrance closed, bool othersAreOpen) => new(
        othersAreOpen ? StateName.Degraded : StateName.WaitingForAddress, $"{closed.Endpoint}: {closed.Rest?.Why}", closed.Rest?.Until);

    private static ServiceState StateOfResting(Rest rest) => rest.Reason == RestReason.Broken
        ? new ServiceState(StateName.BackingOff, "its server ended without doing its work", rest.Until)
        : new ServiceState(StateName.Paused, "no descriptor or memory left", rest.Until);

    // Full of clients is not a state: that is what limits are for. Having to wait for the clock or for other services is.
    private ServiceState StateByRoom(Service service) =>
        LetsClientsWait(service.Definition)
        && service.Entrances.Exists(entrance => entrance.Server is null)     // a server that lives asks for no place
        && RoomFor(service) is { Objection: { Limit: not ("max_connections" or "pool") } objection, Until: var until }
            ? new ServiceState(StateName.Paused, objection.ToString(), until)
            : ServiceState.Online;
}
