using SuperServer.Configuration;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>The part about servers that get all sockets of their service at once: systemd's socket activation.</summary>
internal sealed partial class Dispatcher
{
    // While one lives none of its service's entrances is watched, those that a reload has added among them.
    private readonly Dictionary<Service, Child> _sharedServers = [];

    private void StartSharedServer(Entrance visited)
    {
        var service = visited.Service;
        var (definition, held) = (service.Definition, Held(service));
        foreach (var entrance in held)
        {
            entrance.Listener!.SetBlocking(true);
            entrance.WaitingAtStart = entrance.Listener.WaitingBytes();
        }

        var listeners = held.ConvertAll(entrance => entrance.Listener!);
        switch (_launcher.Launch(definition, service.Plan, listeners, NamesOf(service, held)))
        {
            case LaunchResult.Launched launched:
                _sharedServers.Add(service, launched.Child);
                held.ForEach(entrance => entrance.Server = launched.Child);
                _journal.Started(definition, launched.Child, held[0].Listener!);
                service.Served++;
                CountDown();
                TakeIn(service, launched, held);
                break;
            case LaunchResult.Failed failed:
                _journal.CouldNotStart(definition, _launcher.LastId, visited.Listener!.Address, failed);
                if (!failed.IsShortage)
                {
                    SendAwayOne(visited);
                }

                RestTogether(
                    held, failed.IsShortage ? RestReason.Resources : RestReason.Broken,
                    failed.IsShortage ? _resourcePause : service.Suspicion.AfterFailure());
                break;
        }

        AttendAll(service);
    }

    // In the order of the file, which is the order of the descriptors.
    private static List<Entrance> Held(Service service)
    {
        var places = Places(service);
        return
        [
            .. service.Entrances
                .Where(entrance => entrance is { Listener: not null, Server: null })
                .OrderBy(entrance => places.GetValueOrDefault(entrance.Endpoint, -1)),
        ];
    }

    private static Dictionary<Endpoint, int> Places(Service service) => service.Definition.Listen
        .Select((endpoint, place) => (endpoint, place))
        .DistinctBy(entry => entry.endpoint)
        .ToDictionary(entry => entry.endpoint, entry => entry.place);

    private static string[] NamesOf(Service service, List<Entrance> held)
    {
        var (definition, names) = (service.Definition, service.Definition.ListenNames);
        var places = Places(service);
        return [.. held.Select(entrance => names.Count == 0 ? definition.Name : names[places[entrance.Endpoint]])];
    }

    // False when this child was no shared server.
    private bool TakeBackShared(Service service, Child child, in Ending ending)
    {
        if (!_sharedServers.TryGetValue(service, out var server) || server != child)
        {
            return false;
        }

        _sharedServers.Remove(service);
        var held = _entrances.Values.Where(entrance => entrance.Server == child).ToList();
        foreach (var strayed in held.Where(entrance => entrance.Service != service || !service.Definition.ListenFds))
        {
            TakeBack(strayed, ending);      // a reload has given it to another service, or has made another one of this
            Attend(strayed);
        }

        held.RemoveAll(entrance => entrance.Server is null);
        held.ForEach(entrance => entrance.Server = null);
        var tookSomething = held.Exists(entrance => entrance.Listener!.WaitingBytes() < entrance.WaitingAtStart);
        var somethingWaits = held.Exists(entrance => entrance.Listener!.HasVisitors());
        var rest = service.Suspicion.After(ending, tookSomething, somethingWaits);
        RestTogether(held, rest >= Suspicion.AtOnce ? RestReason.Broken : RestReason.Resources, rest);
        return true;
    }

    private void RestTogether(List<Entrance> entrances, RestReason reason, TimeSpan rest)
    {
        if (reason == RestReason.Broken && entrances.Count > 0)
        {
            _journal.BackingOff(entrances[0].Service.Definition, rest);
        }

        foreach (var entrance in entrances.Where(_ => rest > TimeSpan.Zero))
        {
            LetRest(entrance, reason, rest);
        }
    }
}
