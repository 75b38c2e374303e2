using System.Net;
using System.Net.Sockets;

namespace SuperServer.Configuration;

/// <summary>
/// Finds tripwires on the port of the very mail server that is to carry their alarm: the mailer's own connection would set off
/// the alarm that it cannot deliver, for ever.
/// </summary>
internal sealed class OwnMailPorts(HostFacts host, string alertHost)
{
    public IEnumerable<Problem> Among(IEnumerable<ServiceDraft> services, IReadOnlyList<MailTransport> transports, RecordFeeds feeds) =>
        from service in services
        where service is { Enabled: true, RecordsAlerts: true }
        from entry in service.Listening
        let use = Uses(transports, feeds).FirstOrDefault(use => entry.Endpoints.Any(Takes(use.Server)))
        where use.Server is not null
        select new Problem(entry.Place, $"{Printable.Quoted(entry.Text)} is where {use.What} "
            + $"({Printable.Escaped(use.Server.Host)}, port {use.Server.Port}): the tripwire would wait for its own alarm; "
            + "take that port out of 'listen', or send the mail another way");

    private static IEnumerable<(MailServer Server, string What)> Uses(IEnumerable<MailTransport> transports, RecordFeeds feeds) =>
    [
        .. transports.Select(transport => transport.Server).OfType<MailServer>().Select(server => (server, "[[alerts.transport]] sends mail")),
        .. feeds.Collector?.Server is { } collector ? new[] { (collector, "'forward' sends every record") } : [],
    ];

    /// <summary>Whether a connection to that server would end at an endpoint.</summary>
    private Func<Endpoint, bool> Takes(MailServer server)
    {
        var name = server.Host.TrimEnd('.');
        if (IPAddress.TryParse(name, out var literal))
        {
            var isHere = IPAddress.IsLoopback(literal) || host.OwnAddresses().Contains(literal);
            return endpoint => isHere && IsAt(endpoint, server.Port) && Takes(endpoint, literal);
        }

        var isLoopback = IsName(name, "localhost");
        var isOurs = IsName(name, host.HostName) || IsName(name, alertHost)
            || name.StartsWith($"{host.HostName}.", StringComparison.OrdinalIgnoreCase);

        // Which address our own name has is for the machine to say, and it may say something else tomorrow.
        return endpoint => IsAt(endpoint, server.Port)
            && (isOurs || (isLoopback && (endpoint.IsWildcard || IPAddress.IsLoopback(endpoint.Address!.Address))));
    }

    private static bool IsAt(Endpoint endpoint, int port) => endpoint.Transport == Transport.Tcp && endpoint.Address!.Port == port;

    private static bool Takes(Endpoint endpoint, IPAddress address) =>
        endpoint.Address!.Address.Equals(address)
        || (endpoint.IsWildcard && (endpoint.Family == address.AddressFamily
            || (endpoint.IsDualStack && address.AddressFamily == AddressFamily.InterNetwork)));

    private static bool IsName(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
