using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Reads a service that is tcpmux (RFC 1078), and puts the names behind it together when all services are known.
/// </summary>
internal static class TcpmuxReader
{
    private static readonly TimeSpan _usual = TimeSpan.FromSeconds(30);

    private static readonly Func<TomlNode, Reading<TimeSpan>> _timeouts =
        Values.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));

    /// <summary>The only option: how long a client may take to say what it wants.</summary>
    public static void CheckOptions(TableReader options)
    {
        options.Find("timeout", _timeouts);
        options.RefuseTheRest();
    }

    /// <summary>Null for every other service.</summary>
    public static TcpmuxSettings? Read(
        TableReader table, ServiceProgram? program, Placed<ServiceMode>? mode, IReadOnlyList<ListenEntry> listening)
    {
        CheckMode(table, mode, listening);
        if (program?.Handler != ServicePrograms.Tcpmux)
        {
            return null;
        }

        if (listening.FirstOrDefault(entry => entry.Endpoints[0].Transport is not (Transport.Tcp or Transport.Unix or Transport.Handed)) is { } other)
        {
            table.Report(other.Place, $"'tcpmux' is for connections over TCP or a Unix socket: {Printable.Quoted(other.Text)} has none");
        }

        if (mode is { Value: not ServiceMode.Nowait })
        {
            table.Report(mode.Place, "'tcpmux' has no mode of its own: one process serves all of its clients; leave it out");
        }

        if (table.Owns("tls"))
        {
            table.Report(table.PlaceOf("tls"), "'tls' goes with the services behind tcpmux: what they are asked for comes in clear text");
        }

        var timeout = table.Table("options", "'options'", "as in { timeout = \"30s\" }")?.Map.Find("timeout")?.Value;
        return new TcpmuxSettings([], timeout is null ? _usual : Quietly(timeout));
    }

    /// <summary>Every service that is tcpmux with the names of all that are behind it; and a problem for names that nobody can ask for.</summary>
    public static IReadOnlyList<ServiceDefinition> Fill(IReadOnlyList<ServiceDefinition> services, IReadOnlyList<ServiceDraft> drafts, ICollection<Problem> problems)
    {
        var behind = drafts.Where(draft => draft.Enabled).SelectMany(draft => draft.Listening)
            .Where(entry => entry.Endpoints[0].Transport == Transport.Tcpmux).ToList();
        if (!drafts.Any(draft => draft is { Enabled: true, IsTcpmux: true }))
        {
            foreach (var entry in behind)
            {
                problems.Add(new Problem(entry.Place, $"nobody can ask for {Printable.Quoted(entry.Text)}: add a service that does the asking, "
                    + "[service.tcpmux] with handler = \"tcpmux\""));
            }
        }

        ValueList<TcpmuxName> menu = [.. behind.Select(entry => entry.Endpoints[0].Tcpmux!.Value)];
        return [.. services.Select(service => service.Tcpmux is { } tcpmux ? service with { Tcpmux = tcpmux with { Menu = menu } } : service)];
    }

    /// <summary>What is wrong with it has been said when the options were checked.</summary>
    private static TimeSpan Quietly(TomlNode timeout) => _timeouts(timeout) is { Objection: null, Value: var time } ? time : _usual;

    private static void CheckMode(TableReader table, Placed<ServiceMode>? mode, IReadOnlyList<ListenEntry> listening)
    {
        if (mode is { Value: ServiceMode.Wait } && listening.FirstOrDefault(entry => entry.Endpoints[0].Transport == Transport.Tcpmux) is { } entry)
        {
            table.Report(mode.Place, $"{Printable.Quoted(entry.Text)} has no socket to wait at: take mode = \"nowait\" or \"pool\"");
        }
    }
}
