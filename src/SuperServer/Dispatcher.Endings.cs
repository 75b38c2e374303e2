using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>The part about children that end, and those that must: what frees a place, and when.</summary>
internal sealed partial class Dispatcher
{
    // Children whose pidfd the kernel had no memory to watch: asked once a second, so that none is ever forgotten.
    private readonly HashSet<int> _unwatched = [];
    private readonly bool _isFirstProcess = Libc.getpid() == 1;

    private void ReapChildren()
    {
        foreach (var pid in _poller.Ready(Readiness.Ending, _ready))
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
        if (ReapUsher(pid) || ReapShed(pid) || !_residents.TryGetValue(pid, out var resident) || Reaper.TryReap(resident.Child) is not { } ending)
        {
            return;
        }

        var (child, service, entrances, worker) = resident;
        _residents.Remove(pid);
        _unwatched.Remove(pid);
        _agenda.Cancel(Errand.Kill, pid);
        service.Remove(child);
        if (worker is not null && service == _resolver)
        {
            ResolverHasEnded(worker);
        }
        else if (_porters.Remove(pid, out var post))
        {
            Bury(post, ending);
        }
        else if (worker is not null)
        {
            Bury(service, worker, ending);
        }
        else
        {
            var connection = Forget(service, child.Id.Number);
            Punish(service, connection, ending.ExitCode);
            CountUnrecorded(service, connection, ending.ExitCode);
        }

        if (child == _rehearsal)
        {
            child.Dispose();
            EndRehearsal(ending.ExitCode);
            return;
        }

        _journal.Ended(service.Definition, child.Id, child.Pid, ending);
        child.Dispose();
        if (TakeBackShared(service, child, ending))
        {
            entrances = [];
        }

        foreach (var entrance in entrances.Where(entrance => entrance.Server == child))
        {
            TakeBack(entrance, ending);
        }

        AttendAfterEnding(service);
        LeaveIfEmpty(service);
    }

    // One connection of a pool is over, for whatever reason.
    private void EndConnection(Service service, Child worker, long number, int? exitCode, int? signal)
    {
        if (Forget(service, number) is { } connection)
        {
            _journal.Ended(service.Definition, connection.Id, worker.Pid, new Ending(exitCode, signal, Now - connection.Since));
            Punish(service, connection, exitCode);
            CountUnrecorded(service, connection, exitCode);
        }
    }

    private Connection? Forget(Service service, long number)
    {
        if (service.Definition.MaxRuntime is not null)
        {
            _agenda.Cancel(Errand.Overtime, number);
        }

        return service.End(number);
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

    // A connection has lived as long as it may. In a pool it takes its worker with it, for nobody else can end it.
    private void EndOvertime(long number)
    {
        foreach (var service in _services.Values.Concat(_leaving))
        {
            if (service.Find(number) is { } connection)
            {
                _journal.Overtime(service.Definition, connection.Id, service.Definition.MaxRuntime ?? Now - connection.Since);
                if (_workers.TryGetValue(connection.Child.Pid, out var worker))
                {
                    worker.IsRetiring = true;
                }

                Terminate(service, connection.Child);
                return;
            }
        }
    }

    private void Terminate(Service service, Child child)
    {
        Signal(child.Pid, Libc.SIGTERM);
        _agenda.Set(Errand.Kill, child.Pid, Now + service.Definition.StopTimeout);
    }

    private void Kill(int pid)
    {
        if (_residents.TryGetValue(pid, out var resident))
        {
            _journal.Killed(resident.Service.Definition, resident.Child);
            Signal(pid, Libc.SIGKILL);
        }
    }

    // Every child leads a session of its own, so its process group is named by its pid, unless it has joined another one since.
    private static void Signal(int pid, int signal)
    {
        if (Libc.kill(-pid, signal) != 0)
        {
            _ = Libc.kill(pid, signal);
        }
    }
}
