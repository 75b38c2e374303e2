using System.Net;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>Where the wire is: what all touches that one process records have in common.</summary>
internal sealed class Site(Func<string, string?> environment)
{
    private readonly string _host = environment("SUPERSERVER_HOST") ?? Machine.Name();
    private readonly string? _machine = environment("SUPERSERVER_MACHINE");
    private readonly string _service = environment("SUPERSERVER_SERVICE") ?? Tripwire.Name;
    private readonly string _boot = Machine.Boot();

    /// <summary>The record of somebody who is there now.</summary>
    public TouchRecord Touch(Peer client, (IPAddress? Address, int? Port) target, string action, string? connection)
    {
        var at = DateTimeOffset.UtcNow;
        var id = Ulid.New(at);
        return new TouchRecord
        {
            Id = id,
            Reference = Ulid.ReferenceOf(id),
            Connection = connection,
            Host = _host,
            Machine = _machine,
            Service = _service,
            Protocol = Protocol(client, action),
            Spoofable = action == Policy.Silent && client.LearntFrom != Peer.FromUnix,
            Source = new AlertSource(client.Address, client.Port, Neighbourhoods.Of(client.Address), client.Mapped),
            Target = new AlertTarget(target.Address, target.Port),
            At = at,
            Boot = _boot,
            Monotonic = Machine.Nanoseconds(),
            PeerFrom = client.LearntFrom,
            Action = action,
            ProcessId = Environment.ProcessId,
        };
    }

    private static string Protocol(Peer client, string action) =>
        client.LearntFrom == Peer.FromUnix ? "ipc" : action == Policy.Silent ? "udp" : "tcp";
}
