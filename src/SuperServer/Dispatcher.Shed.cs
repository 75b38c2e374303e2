using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>
/// The part about visitors whom a tripwire never saw: turned away by a limit or a rule, lost with a child that could not be started,
/// or met by one that could not record them. They are counted here, and once a second a task of the service's user records the count.
/// </summary>
internal sealed partial class Dispatcher
{
    /// <summary>EX_TEMPFAIL of sysexits.h: the tripwire could record its visitor nowhere.</summary>
    private const int NotRecorded = 75;

    private static readonly TimeSpan _shedPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _shedRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _patienceWithSheds = TimeSpan.FromSeconds(2);

    private readonly Sheds _sheds = new();

    // Services with something to record, those that have left the file among them: by the number that the agenda has.
    private readonly Dictionary<int, Service> _missing = [];

    private void CountMissed(Service service, string why, in Peer? peer, long connections = 1)
    {
        if (!service.Definition.RecordsAlerts)
        {
            return;
        }

        service.Shed.Count(why, AddressOf(peer), _clock.GetUtcNow(), connections);
        RecordMissedSoon(service, _shedPause);
    }

    private void CountMissed(Service service, in Peer peer, LaunchResult.Failed failed) =>
        CountMissed(service, failed.IsShortage ? "resources" : failed.Step.ToString().ToLowerInvariant(), peer);

    // A wait server says so of all its visitors at once, and not of how many: then it is at least one.
    private void CountUnrecorded(Service service, Connection? connection, int? exitCode)
    {
        if (exitCode == NotRecorded)
        {
            CountMissed(service, "unrecorded", connection?.Peer);
        }
    }

    private static InternetAddress? AddressOf(in Peer? peer) =>
        peer is { IsUnix: false, Name: { Vsock: null, Address: var address } } ? address : null;

    private void RecordMissedSoon(Service service, TimeSpan pause)
    {
        _missing[service.Number] = service;
        if (_agenda.When(Errand.Shed, service.Number) is null)
        {
            _agenda.Set(Errand.Shed, service.Number, Now + pause);
        }
    }

    private void RecordMissed(int number)
    {
        if (!_missing.TryGetValue(number, out var service))
        {
            return;
        }

        if (!_sheds.WorkFor(service) && service.Shed.TakeNext(service.Definition.Name) is { } batch)
        {
            Record(service, batch);
        }

        if (!service.Shed.IsEmpty)
        {
            RecordMissedSoon(service, _shedPause);
        }
        else if (!_sheds.WorkFor(service))
        {
            _missing.Remove(number);
        }
    }

    private void Record(Service service, ShedBatch batch)
    {
        switch (_sheds.Start(_launcher, service, batch, _configuration.Daemon.HandlersDirectory, _inherited))
        {
            case LaunchResult.Launched launched:
                if (launched.Words >= 0)
                {
                    Hear(new Recording.ChildWords(service.Definition.Name, launched.Child.Id, launched.Words));
                }

                if (!_poller.TryWatch(launched.Child.PidFd, Readiness.Ending, launched.Child.Pid))
                {
                    _unwatched.Add(launched.Child.Pid);
                }

                break;
            case LaunchResult.Failed failed:
                TryAgain(service, batch, $"{failed.What(service.Definition)} failed");
                break;
        }
    }

    private void TryAgain(Service service, ShedBatch batch, string why)
    {
        _journal.MissedNotRecorded(service.Definition, batch, why, _shedRetry);
        service.Shed.GiveBack(batch);
        _agenda.Cancel(Errand.Shed, service.Number);
        RecordMissedSoon(service, _shedRetry);
    }

    private bool ReapShed(int pid)
    {
        if (!_sheds.TryReap(pid, out var ended))
        {
            return false;
        }

        if (ended.Ending is { } ending)
        {
            _unwatched.Remove(pid);
            if (!ending.IsClean)
            {
                TryAgain(ended.Service, ended.Batch, $"the task ended with {ending.ExitCode ?? ending.Signal}");
            }
            else if (ended.Service.Shed.IsEmpty)
            {
                _missing.Remove(ended.Service.Number);
            }
        }

        return true;
    }

    // Before an end or an upgrade nothing waits for its second; what has failed lately is tried once more, if the end is near.
    private void RecordAllMissed(bool withFailures)
    {
        foreach (var service in _missing.Values.ToArray())
        {
            var name = service.Definition.Name;
            for (var left = service.Shed.Returned.Count; withFailures && left > 0 && service.Shed.TakeNext(name) is { } again; left--)
            {
                Record(service, again);
            }

            while (service.Shed.TakeNews(name) is { } batch)
            {
                Record(service, batch);
            }
        }
    }

    // As process 1 of a container we take everybody with us: so there is a moment for those tasks to end.
    private void RecordAllMissedAtLast()
    {
        RecordAllMissed(withFailures: true);
        for (var until = Now + _patienceWithSheds; _sheds.AreAtWork && Now < until; Thread.Sleep(10))
        {
            foreach (var pid in _sheds.Pids.ToArray())
            {
                ReapShed(pid);
            }
        }

        foreach (var service in _missing.Values)
        {
            foreach (var batch in service.Shed.Returned)
            {
                _journal.MissedLost(service.Definition, batch);
            }
        }
    }
}
