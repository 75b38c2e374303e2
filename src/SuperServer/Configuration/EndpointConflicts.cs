using System.Net;
using System.Net.Sockets;

namespace SuperServer.Configuration;

/// <summary>
/// Finds endpoints of enabled services that the kernel would not let be open together: the same address twice, a path twice,
/// or all addresses of a port beside one of them. The later one in the file is the mistake.
/// </summary>
internal sealed class EndpointConflicts
{
    private readonly Dictionary<(Transport, AddressFamily, int), Port> _ports = [];
    private readonly Dictionary<string, Claim> _paths = new(StringComparer.Ordinal);

    public static IEnumerable<Problem> Among(IEnumerable<ServiceDraft> services)
    {
        var conflicts = new EndpointConflicts();
        return [.. services.Where(service => service.Enabled).SelectMany(conflicts.Enter)];
    }

    private List<Problem> Enter(ServiceDraft service)
    {
        var problems = new List<Problem>();
        foreach (var entry in service.Listening)
        {
            var claim = new Claim(service.Name, entry);
            problems.AddRange(entry.Endpoints.Select(endpoint => Earlier(endpoint, claim))
                .OfType<Claim>()
                .Select(earlier => Conflict(claim, earlier)));
        }

        return problems;
    }

    private static Problem Conflict(Claim claim, Claim earlier)
    {
        var (text, other) = (Printable.Quoted(claim.Entry.Text), Printable.Quoted(earlier.Entry.Text));
        var whose = claim.Service == earlier.Service ? "this very service" : $"service '{earlier.Service}'";
        return new Problem(claim.Entry.Place, $"{text} cannot be opened beside {other} of {whose} ({earlier.Entry.Place})");
    }

    private Claim? Earlier(Endpoint endpoint, Claim claim)
    {
        if (endpoint.Address is not { } address)
        {
            return _paths.TryAdd(endpoint.Path!, claim) ? null : _paths[endpoint.Path!];
        }

        if (address.Port == 0)
        {
            return null;    // the kernel chooses another one each time
        }

        var key = (endpoint.Transport, address.AddressFamily, address.Port);
        if (!_ports.TryGetValue(key, out var port))
        {
            _ports.Add(key, port = new Port());
        }

        return port.Earlier(address.Address, endpoint.IsWildcard, claim);
    }

    /// <summary>Who wrote what.</summary>
    private sealed record Claim(string Service, ListenEntry Entry);

    /// <summary>The addresses claimed on one port of one transport and family.</summary>
    private sealed class Port
    {
        private readonly Dictionary<IPAddress, Claim> _addresses = [];
        private Claim? _first;
        private Claim? _wildcard;

        public Claim? Earlier(IPAddress address, bool isWildcard, Claim claim)
        {
            var earlier = isWildcard ? _first : _wildcard ?? _addresses.GetValueOrDefault(address);
            _first ??= claim;
            _wildcard ??= isWildcard ? claim : null;
            _addresses.TryAdd(address, claim);
            return earlier;
        }
    }
}
