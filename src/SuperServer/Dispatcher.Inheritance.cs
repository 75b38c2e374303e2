using System.Net;
using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Launching;
using SuperServer.Recording;

namespace SuperServer;

/// <summary>The part about taking over what a predecessor in this process has left: Upgrade read backwards.</summary>
internal sealed partial class Dispatcher
{
    private readonly Dictionary<(string Service, string Endpoint), int> _inheritedListeners = [];

    private void Inherit(Estate estate)
    {
        _launcher.GoOnAfter(estate.LastId);
        foreach (var listener in estate.Listeners)
        {
            _inheritedListeners.TryAdd((listener.Service, listener.Endpoint), listener.Descriptor);
        }
    }

    // The socket that the predecessor had for this endpoint, if it had one: of this service, or of one that is called otherwise now.
    private int? TakeInherited(string service, Endpoint endpoint)
    {
        var text = endpoint.ToString();
        if (_inheritedListeners.Remove((service, text), out var descriptor))
        {
            return descriptor;
        }

        var other = _inheritedListeners.Keys.FirstOrDefault(key => key.Endpoint == text);
        return other.Endpoint is not null && _inheritedListeners.Remove(other, out descriptor) ? descriptor : null;
    }

    // After the services are there: who lives in them.
    private void InheritChildren(Estate estate)
    {
        foreach (var left in estate.Services)
        {
            if (_services.TryGetValue(left.Name, out var service))
            {
                (service.IsPaused, service.IsDraining) = (left.IsPaused, left.IsDraining);
                (service.Served, service.Refused) = (left.Served, left.Refused);
                service.Pace.Recall(service.Definition.Limits, Pace(left));
                foreach (var batch in left.Missed)
                {
                    service.Shed.GiveBack(batch);
                    RecordMissedSoon(service, _shedRetry);
                }
            }
        }

        foreach (var left in estate.Children)
        {
            InheritChild(left);
        }

        foreach (var left in estate.Connections)
        {
            if (_residents.TryGetValue(left.Pid, out var resident))
            {
                InheritConnection(resident, left);
            }
        }

        foreach (var unclaimed in _inheritedListeners.Values)
        {
            _ = Interop.Libc.close(unclaimed);
        }

        _inheritedListeners.Clear();
        foreach (var service in _services.Values)
        {
            service.Workers.Where(worker => worker is { IsRetiring: false, Connections.Count: 0 }).ToList()
                .ForEach(worker => RestWorker(service, worker));
            AttendAll(service);
        }
    }

    private void InheritChild(ChildEstate left)
    {
        var service = _services.GetValueOrDefault(left.Service) ?? Departed(left.Service);
        var peer = left.Peer is { } known ? PeerOf(known) : (Peer?)null;
        var child = new Child(
            new ConnectionId(left.Id), left.Pid, left.PidFd, peer, _clock, TimeSpan.FromTicks(left.SinceTicks));
        var entrances = service.Entrances.Where(entrance => left.Endpoints.Contains(entrance.Endpoint.ToString())).ToList();
        entrances.ForEach(entrance => entrance.Server = child);
        if (service.Definition.ListenFds && entrances.Count > 0)
        {
            _sharedServers[service] = child;
        }

        var worker = left.IsWorker ? new Worker(child, left.Socket) { IsRetiring = left.IsRetiring } : null;
        TakeIn(new Resident(child, service, entrances, worker));
        if (worker is not null)
        {
            worker.Remember([], left.Taken);
            Employ(service, worker);
        }

        if (left.Words >= 0)
        {
            Hear(new ChildWords(service.Definition.Name, child.Id, left.Words));
        }

        if (left.KillAtTicks is { } ticks)
        {
            _agenda.Set(Errand.Kill, child.Pid, TimeSpan.FromTicks(ticks));
        }
    }

    private void InheritConnection(Resident resident, ConnectionEstate left)
    {
        var service = resident.Service;
        var peer = PeerOf(left.Peer);
        var connection = new Connection(
            new ConnectionId(left.Id), peer,
            Source.TryParse(left.Source, out var source) ? source : Source.Of(peer, service.Definition.Limits.SourcePrefix),
            resident.Child, TimeSpan.FromTicks(left.SinceTicks));
        service.Remember(connection);
        resident.Worker?.Remember([left.Id], resident.Worker.Taken);
        if (_agenda.When(Errand.Kill, resident.Child.Pid) is null)
        {
            Count(service, connection);     // else it has been told to end already
        }
    }

    // A service that left the file while its children lived: only its name is left of it.
    private Service Departed(string name)
    {
        if (_leaving.Find(service => service.Definition.Name == name) is { } known)
        {
            return known;
        }

        var service = new Service(++_lastNumber, _task.Definition with { Name = name }, _inherited) { IsLeaving = true };
        _leaving.Add(service);
        return service;
    }

    private static PaceMemory Pace(ServiceEstate left) => new(
        left.PaceFullAt,
        [.. left.SourcesFullAt
            .Select(entry => (IsKnown: Source.TryParse(entry.Key, out var source), Source: source, FullAt: entry.Value))
            .Where(entry => entry.IsKnown)
            .Select(entry => (entry.Source, entry.FullAt))]);

    private static Peer PeerOf(PeerEstate left) =>
        left.Cid is { } cid ? Peer.Internet(SocketName.OfVsock(new VsockAddress(cid, (uint)left.Port)))
        : left.Address is { } address ? Peer.Internet(new SocketName(InternetAddress.From(IPAddress.Parse(address)), (ushort)left.Port))
        : Peer.Local(left.Pid, left.Uid, left.Gid);
}
