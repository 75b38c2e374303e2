using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>The part about pools: connections that are handed to workers who stay, and what the workers say of them.</summary>
internal sealed partial class Dispatcher
{
    /// <summary>Messages of one worker in one turn: one that never stops talking must not be all that is listened to.</summary>
    private const int MostMessages = 256;

    // How long a worker may leave unread what it was given: one that is busy reads on, one that hangs does not.
    private static readonly TimeSpan _timeToCatchUp = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, Worker> _workers = [];

    // Whoever is with TLS has a place already, which no worker knows of yet.
    private static bool HasRoomFor(Service service, int clients)
    {
        var pool = service.Definition.Pool;
        var wanted = clients + (service.Inner?.Callers.Count ?? 0);
        var free = Math.Max(0, pool.Workers - Staff(service)) * pool.MaxConcurrent;
        foreach (var worker in service.Workers)
        {
            free += worker is { IsRetiring: false, IsCatchingUp: false } ? Math.Max(0, pool.MaxConcurrent - worker.Connections.Count) : 0;
        }

        return free >= wanted;
    }

    private static int Staff(Service service)
    {
        var count = 0;
        foreach (var worker in service.Workers)
        {
            count += worker.IsRetiring ? 0 : 1;
        }

        return count;
    }

    // The one that has least to do. When all are idle it is the first, so that those that are not needed get old and end.
    private static Worker? FreestWorker(Service service)
    {
        Worker? freest = null;
        foreach (var worker in service.Workers)
        {
            var isFree = worker is { IsRetiring: false, IsCatchingUp: false }
                && worker.Connections.Count < service.Definition.Pool.MaxConcurrent;
            if (isFree && (freest is null || worker.Connections.Count < freest.Connections.Count))
            {
                freest = worker;
            }
        }

        return freest;
    }

    private void HandToWorker(Service service, in Arrival arrival)
    {
        var id = _launcher.IdFor(arrival);
        if (Choose(service, id, arrival) is { } worker)
        {
            _journal.Started(service.Definition, id, worker.Child.Pid, arrival);
            Count(service, service.Begin(id, arrival.Peer, worker.Child, Now));
            _agenda.Cancel(Errand.Idle, worker.Child.Pid);
            RetireIfSpent(service, worker);
            LetCatchUp(service, worker);
        }
        else
        {
            var refusal = new Refusal("pool", "no worker takes connections", null);
            _journal.Refused(service.Definition, id, arrival, refusal);
            GiveBackPlace(service, arrival);
            TurnAway(service, arrival, refusal);
            return;
        }

        _ = Libc.close(arrival.Socket);     // it is the worker's now
    }

    // Workers that read nothing, and workers that are gone and whose end is about to be seen, are passed over.
    private Worker? Choose(Service service, ConnectionId id, in Arrival arrival)
    {
        while (FreestWorker(service) is { } worker)
        {
            if (TryHand(service, worker, id, arrival))
            {
                return worker;
            }

            if (IsShortage(Errno.Last))
            {
                RestAll(service, RestReason.Resources, _resourcePause);
                return null;
            }

            _journal.WorkerDoesNotTake(service.Definition, worker.Child, Errno.Last);
            Retire(service, worker);
        }

        return StartWorker(service, arrival) is { } fresh && TryHand(service, fresh, id, arrival) ? fresh : null;
    }

    // A kernel that has no memory at this moment may have some at the next; the worker has nothing to do with it.
    private bool TryHand(Service service, Worker worker, ConnectionId id, in Arrival arrival)
    {
        var variables = _launcher.Describe(service.Plan, id, arrival);
        return worker.TryHand(id, variables, arrival.Socket)
            || (IsShortage(Errno.Last) && worker.TryHand(id, variables, arrival.Socket));
    }

    private static bool IsShortage(int errno) => errno is Errno.ENOBUFS or Errno.ENOMEM;

    private Worker? StartWorker(Service service, in Arrival arrival)
    {
        if (Staff(service) >= service.Definition.Pool.Workers)
        {
            return null;
        }

        switch (_launcher.LaunchWorker(service.Definition, service.Plan, out var socket))
        {
            case LaunchResult.Launched launched:
                var worker = new Worker(launched.Child, socket);
                _journal.WorkerStarted(service.Definition, launched.Child);
                TakeIn(service, launched, worker: worker);
                Employ(service, worker);
                return worker;
            case LaunchResult.Failed failed:
                Complain(service, arrival, failed);
                return null;
            default:
                throw new InvalidOperationException("a launch has succeeded or failed");
        }
    }

    private void Employ(Service service, Worker worker)
    {
        service.Workers.Add(worker);
        _workers.Add(worker.Child.Pid, worker);
        _poller.Watch(worker.Socket, Readiness.Worker, worker.Child.Pid);
    }

    // A burst may come faster than it reads: the next ones wait in the backlog, and not in a socket that has no more room.
    private void LetCatchUp(Service service, Worker worker)
    {
        if (!worker.IsRetiring && worker.IsBehind)
        {
            worker.IsCatchingUp = true;
            _poller.WatchForRoom(worker.Socket, Readiness.Worker, worker.Child.Pid, isWanted: true);
            _agenda.Set(Errand.Behind, worker.Child.Pid, Now + _timeToCatchUp);
        }
    }

    private void ConsiderCaughtUp(Worker worker)
    {
        if (worker is { IsCatchingUp: true, Socket: >= 0, IsBehind: false })
        {
            worker.IsCatchingUp = false;
            _poller.WatchForRoom(worker.Socket, Readiness.Worker, worker.Child.Pid, isWanted: false);
            _agenda.Cancel(Errand.Behind, worker.Child.Pid);
        }
    }

    private void LoseFaith(int pid)
    {
        if (_workers.TryGetValue(pid, out var worker) && worker.IsCatchingUp)
        {
            var service = _residents[pid].Service;
            _journal.WorkerDoesNotTake(service.Definition, worker.Child, Errno.EAGAIN);
            Retire(service, worker);
            AttendAll(service);
        }

        LoseFaithInPorter(pid);
    }

    private void HearWorkers()
    {
        foreach (var pid in _poller.Ready(Readiness.Worker, _ready))
        {
            if (_workers.TryGetValue(pid, out var worker) && _residents.TryGetValue(pid, out var resident))
            {
                Hear(resident.Service, worker, MostMessages);
            }
        }
    }

    // What it has said until now. A worker that has closed its end gets no more; its connections end with it.
    private void Hear(Service service, Worker worker, int most)
    {
        for (var heard = 0; heard < most && worker.Socket >= 0 && worker.TryHear(out var done); heard++)
        {
            if (done is { } message)
            {
                EndConnection(service, worker.Child, message.Id.Number, exitCode: message.ExitCode, signal: null);
                service.Suspicion.Forgive();
            }
            else
            {
                _journal.WorkerTalksNonsense(service.Definition, worker.Child);
            }
        }

        ConsiderCaughtUp(worker);
        if (worker.Socket >= 0 && worker.HasHungUp)
        {
            Retire(service, worker);
        }

        if (worker.Connections.Count == 0)
        {
            RestWorker(service, worker);
        }

        AttendAfterEnding(service);
    }

    private void RestWorker(Service service, Worker worker)
    {
        if (worker.IsRetiring)
        {
            Dismiss(service, worker);
        }
        else
        {
            _agenda.Set(Errand.Idle, worker.Child.Pid, Now + service.Definition.Pool.Idle);
        }
    }

    private void RetireIfSpent(Service service, Worker worker)
    {
        if (service.Definition.Pool.Recycle is > 0 and var most && worker.Taken >= most)
        {
            Retire(service, worker);
        }
    }

    // It gets no more connections, and ends when it has done with those that it has.
    private void Retire(Service service, Worker worker)
    {
        worker.IsRetiring = true;
        if (worker.Connections.Count == 0)
        {
            Dismiss(service, worker);
        }
    }

    private void RetireAll(Service service) => service.Workers.ForEach(worker => Retire(service, worker));

    private void DismissIdle(int pid)
    {
        if (_workers.TryGetValue(pid, out var worker) && worker.Connections.Count == 0)
        {
            Dismiss(_residents[pid].Service, worker);
        }

        DismissIdlePorter(pid);
    }

    // The end of the socket is the word to go. One that does not is told so, as any child that has to end.
    private void Dismiss(Service service, Worker worker)
    {
        if (worker.Socket < 0)
        {
            return;
        }

        _agenda.Cancel(Errand.Idle, worker.Child.Pid);
        _agenda.Cancel(Errand.Behind, worker.Child.Pid);
        _poller.Forget(worker.Socket);
        worker.Dismiss();
        _agenda.Set(Errand.Kill, worker.Child.Pid, Now + service.Definition.StopTimeout);
    }

    // What it has said before it ended counts; whoever it still had is lost with it.
    private void Bury(Service service, Worker worker, in Ending ending)
    {
        Hear(service, worker, int.MaxValue);
        foreach (var lost in worker.Connections.ToArray())
        {
            EndConnection(service, worker.Child, lost, ending.ExitCode, ending.Signal);
        }

        if (worker.Socket >= 0)
        {
            _poller.Forget(worker.Socket);
        }

        _agenda.Cancel(Errand.Idle, worker.Child.Pid);
        _agenda.Cancel(Errand.Behind, worker.Child.Pid);
        service.Workers.Remove(worker);
        _workers.Remove(worker.Child.Pid);
        worker.Dispose();
        if ((worker.HasHungUp || !worker.IsRetiring) && worker.Done == 0 && ending.Age < Suspicion.AtOnce)
        {
            RestAll(service, RestReason.Broken, service.Suspicion.AfterFailure());
        }
    }
}
