using System.Net;
using System.Net.Sockets;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Launching;
using SuperServer.Recording;

namespace SuperServer;

/// <summary>
/// The part about becoming another program in place (SIGUSR2): the new one is asked first whether it can read the
/// configuration; then nobody is accepted for the moment that it takes, and everything is left to it.
/// </summary>
internal sealed partial class Dispatcher
{
    // Clients who come meanwhile wait in the backlog; longer than this they should not.
    private static readonly TimeSpan _patienceToUpgrade = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _patienceWithVisits = TimeSpan.FromSeconds(10);

    private readonly Service _task;
    private bool _isUpgrading;
    private TimeSpan _upgradeBegan;
    private Child? _rehearsal;

    /// <summary>The loop has ended because another program is to take our place.</summary>
    public bool MakesRoom { get; private set; }

    private void BeginUpgrade()
    {
        if (_rehearsal is not null || _isUpgrading)
        {
            return;
        }

        if (_launcher.LaunchTask(_task.Definition, _task.Plan) is LaunchResult.Launched launched)
        {
            _rehearsal = launched.Child;
            _journal.Rehearsing(Succession.Program);
            TakeIn(_task, launched);
        }
        else
        {
            _journal.UpgradeRefused(Succession.Program, "it cannot be started");
        }
    }

    private void EndRehearsal(int? exitCode)
    {
        _rehearsal = null;
        if (exitCode != 0)
        {
            _journal.UpgradeRefused(Succession.Program, "it does not accept the configuration (its complaints are above)");
            return;
        }

        (_isUpgrading, _upgradeBegan) = (true, Now);
        RecordAllMissed(withFailures: true);
        AttendEverybody();
        MakeRoom();
    }

    private void AttendEverybody()
    {
        foreach (var service in _services.Values)
        {
            AttendAll(service);
        }
    }

    // What cannot be carried over is waited for, and nobody comes in meanwhile: they stand in the backlog.
    private void MakeRoom()
    {
        if (_stopping)
        {
            return;
        }

        if (_questions.Count == 0 && _resolving is { } resolver)
        {
            SendResolverAway(resolver);
        }

        SendPortersAway();
        RecordAllMissed(withFailures: false);
        if (HasUnfinishedBusiness && Now - _upgradeBegan > _patienceToUpgrade)
        {
            _isUpgrading = false;
            _journal.UpgradeRefused(Succession.Program, "there is unfinished business that cannot be left to it");
            AttendEverybody();
            return;
        }

        if (HasUnfinishedBusiness)
        {
            _agenda.Set(Errand.Upgrade, 0, Now + TimeSpan.FromMilliseconds(20));
            return;
        }

        _journal.MakingRoom(Succession.Program);
        _manager.Reloading();
        _manager.CatchUp(_patienceWithManager);     // the next one knows nothing of what waits here
        (_stopping, MakesRoom) = (true, true);
    }

    // Visits end soon, and those that do not are given up. Porters that carry TLS connections go on with these: the next one
    // knows them as children of their service, and starts others for those who come then.
    private void SendPortersAway()
    {
        if (Now - _upgradeBegan > _patienceWithVisits)
        {
            _visits.Values.ToList().ForEach(visit => Drop(visit, "upgrade"));
        }

        if (_visits.Count == 0)
        {
            RetirePorters(_ => true);
        }
    }

    // The helpers of our own would be nobody's children to the next one: they end before.
    private bool HasUnfinishedBusiness =>
        _isReading || _questions.Count > 0 || _visits.Count > 0 || _stranded.Count > 0 || _ushers.AreAtWork || _sheds.AreAtWork
        || _resolver.Children.Count > 0;

    /// <summary>
    /// Everything that the next one needs, by descriptors that are ours no more. Only once, after <see cref="Run"/> has ended.
    /// </summary>
    public Estate Bequeath(int runLock)
    {
        var services = _services.Values.Concat(_leaving).ToList();
        foreach (var service in _missing.Values.Except(services))
        {
            service.Shed.Returned.ToList().ForEach(batch => _journal.MissedLost(service.Definition, batch));
        }

        var estate = new Estate
        {
            Run = ConnectionId.Run,
            LastId = _launcher.LastId.Number,
            RunLock = runLock,
            Services = [.. services.Select(Bequeath)],
            Listeners = [.. _entrances.Values.Where(entrance => entrance.Listener is not null).Select(Bequeath)],
            Children = [.. _residents.Values.Where(resident => resident.Service != _task && resident.Service != _resolver).Select(Bequeath)],
            Connections = [.. services.SelectMany(service => service.Connections.Select(connection => Bequeath(service, connection)))],
        };

        // Dispose must find nothing that lives on.
        _entrances.Clear();
        services.ForEach(service => service.Workers.Clear());
        return estate;
    }

    private static ServiceEstate Bequeath(Service service)
    {
        var pace = service.Pace.Remember();
        return new ServiceEstate
        {
            Name = service.Definition.Name,
            IsPaused = service.IsPaused,
            IsDraining = service.IsDraining,
            Served = service.Served,
            Refused = service.Refused,
            Missed = [.. service.Shed.Returned],
            PaceFullAt = pace.ServiceFullAt,
            SourcesFullAt = pace.Sources.ToDictionary(entry => entry.Source.ToString(), entry => entry.FullAt),
        };
    }

    private static ListenerEstate Bequeath(Entrance entrance) => new()
    {
        Service = entrance.Service.Definition.Name,
        Endpoint = entrance.Endpoint.ToString(),
        Descriptor = entrance.Listener!.Relinquish(),
    };

    private ChildEstate Bequeath(Resident resident)
    {
        var (child, service, entrances, worker) = resident;
        var words = _words.Values.FirstOrDefault(words => words.Id == child.Id);
        return new ChildEstate
        {
            Service = service.Definition.Name,
            Id = child.Id.Number,
            Pid = child.Pid,
            PidFd = child.PidFd,
            SinceTicks = child.Since.Ticks,
            Words = words?.Pipe ?? -1,
            Peer = child.Peer is { } peer ? Bequeath(peer) : null,
            Endpoints = [.. entrances.Select(entrance => entrance.Endpoint.ToString())],
            Socket = worker?.Socket ?? -1,
            IsWorker = worker is not null,
            IsRetiring = worker?.IsRetiring ?? false,
            Taken = worker?.Taken ?? 0,
            KillAtTicks = _agenda.When(Errand.Kill, child.Pid)?.Ticks,
        };
    }

    private static ConnectionEstate Bequeath(Service service, Connection connection) => new()
    {
        Service = service.Definition.Name,
        Id = connection.Id.Number,
        Pid = connection.Child.Pid,
        Peer = Bequeath(connection.Peer),
        Source = connection.Source.ToString(),
        SinceTicks = connection.Since.Ticks,
    };

    private static PeerEstate Bequeath(in Peer peer) => peer.IsUnix
        ? new PeerEstate { Pid = peer.Credentials.pid, Uid = peer.Credentials.uid, Gid = peer.Credentials.gid }
        : peer.Name.Vsock is { } vsock ? new PeerEstate { Cid = vsock.Cid ?? 0, Port = (int)vsock.Port }
        : new PeerEstate { Address = peer.Name.Address.ToString(), Port = peer.Name.Port };
}
