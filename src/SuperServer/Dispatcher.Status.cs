using SuperServer.Configuration;
using SuperServer.Control;

namespace SuperServer;

/// <summary>The part about telling how everything stands.</summary>
internal sealed partial class Dispatcher
{
    private List<ServiceReport> Report() =>
    [
        .. _services.Values.Concat(_leaving).Select(Report),
        .. _configuration.Disabled.Select(Asleep),
    ];

    private ServiceReport Report(Service service)
    {
        var state = StateOf(service);
        return new ServiceReport
        {
            Name = service.Definition.Name,
            State = state.Word,
            Why = state.Why,
            Seconds = state.Until is { } until ? Math.Max(0, Math.Round((until - Now).TotalSeconds, 1)) : null,
            Mode = service.Definition.Way,
            Endpoints = [.. service.Entrances.Select(entrance => entrance.Listener?.Address ?? entrance.Endpoint.ToString()), .. Names(service.Definition)],
            Connections = service.Crowd.Count,
            Visiting = (service.Outer?.Callers.Count ?? 0) + (service.Inner?.Callers.Count ?? 0),
            MaxConnections = service.Definition.Limits.MaxConnections.Max,
            Children = [.. Connections(service), .. Others(service)],
            Served = service.Served,
            Refused = service.Refused,
        };
    }

    // Behind tcpmux a service has a name and no socket.
    private static IEnumerable<string> Names(ServiceDefinition definition) =>
        definition.Listen.Except(definition.Openings).Select(endpoint => endpoint.ToString());

    private static ServiceReport Asleep(ServiceDefinition definition) => new()
    {
        Name = definition.Name,
        State = new ServiceState(StateName.Disabled).Word,
        Why = "enabled = false",
        Mode = definition.Way,
        Endpoints = [.. definition.Listen.Select(endpoint => endpoint.ToString())],
        Connections = 0,
        Visiting = 0,
        MaxConnections = definition.Limits.MaxConnections.Max,
        Children = [],
        Served = 0,
        Refused = 0,
    };

    private IEnumerable<ChildReport> Connections(Service service) => service.Connections.Select(connection => new ChildReport
    {
        Connection = connection.Id.ToString(),
        Pid = connection.Child.Pid,
        Peer = connection.Peer.ToString(),
        Age = Math.Round((Now - connection.Since).TotalSeconds, 1),
    });

    // Wait servers, and workers of a pool.
    private static IEnumerable<ChildReport> Others(Service service) => service.Children
        .Where(child => child.Peer is null)
        .Select(child => new ChildReport
        {
            Connection = child.Id.ToString(),
            Pid = child.Pid,
            Age = Math.Round(child.Age.TotalSeconds, 1),
        });
}
