using System.Net;
using System.Net.Sockets;

namespace SuperServer.Configuration;

/// <summary>
/// Finds tripwires on the port of the very mail server that is to carry their alarm: the mailer's own connection would set off
/// the alarm that it cannot deliver, for ever.
/// </summary>
internal sealed class OwnMailPorts(HostFacts host, string alertHost)
{
    public IEnumerable<Problem> Among(IEnumerable<ServiceDraft> services, IReadOnlyList<MailTransport> transports) =>
        from service in services
        where service is { Enabled: true, RecordsAlerts: true }
        from entry in service.Listening
        let server = transports.OfType<MailTransport.Smtp>().FirstOrDefault(server => entry.Endpoints.Any(Takes(server)))
        where server is not null
        select new Problem(entry.Place, $"{Printable.Quoted(entry.Text)} is where [[alerts.transport]] sends mail "
            + $"({Printable.Escaped(server.Host)}, port {server.Port}): the tripwire would wait for its own alarm; "
            + "take that port out of 'listen', or send the mail another way");

    /// <summary>Whether a connection to that server would end at an endpoint.</summary>
    private Func<Endpoint, bool> Takes(MailTransport.Smtp server)
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
