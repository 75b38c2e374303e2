using System.Net.Sockets;

namespace SuperServer.Configuration;

/// <summary>
/// Finds endpoints of enabled services that the kernel would not let be open together: the same address twice, a path twice,
/// or all addresses of a port beside one of them. The later one in the file is the mistake.
/// </summary>
internal sealed class EndpointConflicts
{
    private readonly Dictionary<(Transport Transport, long Port), List<Claim>> _ports = [];
    private readonly Dictionary<string, Claim> _names = new(StringComparer.Ordinal);

    public static IEnumerable<Problem> Among(IEnumerable<ServiceDraft> services)
    {
        var conflicts = new EndpointConflicts();
        return [.. services.Where(service => service.Enabled).SelectMany(conflicts.Enter)];
    }

    private List<Problem> Enter(ServiceDraft service) =>
        [.. service.Listening.Select(entry => Enter(service, entry)).OfType<Problem>()];

    /// <summary>All endpoints of the text count; only the first that does not fit is told, for in a range the others say the same.</summary>
    private Problem? Enter(ServiceDraft service, ListenEntry entry)
    {
        Problem? first = null;
        foreach (var endpoint in entry.Endpoints)
        {
            var claim = new Claim(service.Name, entry, endpoint);
            if (Earlier(claim) is { } earlier)
            {
                first ??= Conflict(claim, earlier);
            }
        }

        return first;
    }

    private static Problem Conflict(Claim claim, Claim earlier)
    {
        var (text, other) = (Printable.Quoted(claim.Entry.Text), Printable.Quoted(earlier.Entry.Text));
        var whose = claim.Service == earlier.Service ? "this very service" : $"service '{earlier.Service}'";
        var which = claim.Entry.Text.Contains('-', StringComparison.Ordinal) && claim.Endpoint.Address is { Port: var port } ? $" (port {port})" : "";
        return new Problem(claim.Entry.Place, $"{text}{which} cannot be opened beside {other} of {whose} ({earlier.Entry.Place})");
    }

    private Claim? Earlier(Claim claim)
    {
        var endpoint = claim.Endpoint;
        if (NameOf(endpoint) is { } name)
        {
            return _names.TryAdd(name, claim) ? null : _names[name];
        }

        if (endpoint.IsAnyPort)
        {
            return null;    // the kernel chooses another one each time
        }

        var key = (endpoint.Transport, (long?)endpoint.Address?.Port ?? endpoint.Vsock!.Value.Port);
        if (!_ports.TryGetValue(key, out var claims))
        {
            _ports.Add(key, claims = []);
        }

        var earlier = claims.Find(other => Exclude(endpoint, other.Endpoint));
        claims.Add(claim);
        return earlier;
    }

    /// <summary>What nobody else may have, when there are no ports; abstract names are apart for each type of socket.</summary>
    private static string? NameOf(Endpoint endpoint) =>
        endpoint.Tcpmux is { } asked ? $"tcpmux:{asked.Name}"
        : endpoint.IsAbstract ? endpoint.ToString()
        : endpoint.IsHanded ? $"fd:{endpoint.HandedName}"
        : endpoint.Path;

    /// <summary>Two endpoints of the same transport and port.</summary>
    private static bool Exclude(Endpoint one, Endpoint other)
    {
        if (one.Vsock is { } ours && other.Vsock is { } theirs)
        {
            return ours.Cid is null || theirs.Cid is null || ours.Cid == theirs.Cid;
        }

        return Meet(one, other)
            && (one.Device is null || other.Device is null || one.Device == other.Device)
            && (one.IsWildcard || other.IsWildcard || one.Address!.Address.Equals(other.Address!.Address));
    }

    /// <summary>There is a family that both take clients of.</summary>
    private static bool Meet(Endpoint one, Endpoint other) =>
        one.Family == other.Family
        || (one.IsDualStack && other.Family == AddressFamily.InterNetwork)
        || (other.IsDualStack && one.Family == AddressFamily.InterNetwork);

    /// <summary>Who wrote what.</summary>
    private sealed record Claim(string Service, ListenEntry Entry, Endpoint Endpoint);
}
