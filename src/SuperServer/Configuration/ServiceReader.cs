using System.Globalization;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>A service as far as it could be read: what is listened for is known even when something else is wrong.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Place">The table's header.</param>
/// <param name="Enabled">False: it is checked and never listened for.</param>
/// <param name="Listening">The endpoints, each where it was written.</param>
/// <param name="Definition">Null when there are problems.</param>
/// <param name="RecordsAlerts">It is a notelnet service.</param>
internal sealed record ServiceDraft(
    string Name, Place Place, bool Enabled, IReadOnlyList<ListenEntry> Listening,
    ServiceDefinition? Definition, bool RecordsAlerts)
{
    /// <summary>Other services are behind it.</summary>
    public bool IsTcpmux { get; init; }
}

/// <summary>Reads the tables <c>[service.NAME]</c> and <c>[defaults]</c>.</summary>
internal sealed class ServiceReader(
    HostFacts host, DaemonDefinition daemon, AlertSite? alerts, bool alertsAreAsked, SetNames sets)
{
    private const string NameRule = "a service's name is made of at most 64 letters a-z, 0-9, '_', '.' and '-', and begins with a letter or a digit";

    private static readonly string[] _neverDefault = ["listen", "listen_names", "exec", "handler", "argv0", "options", "proxy_protocol", "tls"];

    private readonly Identities _obligingIdentities = new(host.Obliging);
    private readonly ServicePrograms _obligingPrograms = new(host.Obliging, daemon.HandlersDirectory);
    private readonly ListenReader _listen = new(host);
    private readonly AccessReader _access = new(host, sets);
    private readonly AccessReader _obligingAccess = new(host.Obliging, sets);
    private readonly VestibuleReader _vestibules = new(host, sets);
    private readonly VestibuleReader _obligingVestibules = new(host.Obliging, sets);

    public ServicePrograms Programs { get; } = new(host, daemon.HandlersDirectory);

    public Identities Identities { get; } = new(host);

    /// <summary>Looks for mistakes in [defaults], used or not, and gives back what services may inherit.</summary>
    public TableReader ReadDefaults(TomlMap map, ICollection<Problem> problems)
    {
        foreach (var entry in map.Entries.Where(entry => _neverDefault.Contains(entry.Key)))
        {
            problems.Add(new Problem(entry.Place, $"[defaults] cannot have '{entry.Key}': it belongs to one service alone"));
        }

        var defaults = new TableReader(map.Without(_neverDefault), "[defaults]", problems);
        _ = ServiceSettings.Read(defaults, defaults: null);
        _ = LimitsReader.Read(defaults);
        _ = _access.Read(defaults);
        _vestibules.ReadDefaults(defaults);
        _ = SocketSettingsReader.Read(defaults, host);
        if (defaults.Has("user") | defaults.Has("group") | defaults.Has("groups"))
        {
            _ = Identities.Read(defaults);
        }

        defaults.RefuseTheRest();
        return defaults;
    }

    public ServiceDraft Read(string name, TableReader table, TableReader? defaults)
    {
        if (WhyNotName(name) is { } why)
        {
            table.Report(table.Place, why);
        }

        var settings = ServiceSettings.Read(table, defaults);
        var limits = LimitsReader.Read(table);
        var access = (settings.Enabled ? _access : _obligingAccess).Read(table);
        var sockets = SocketSettingsReader.Read(table, settings.Enabled ? host : host.Obliging);
        var listening = sockets.Shape(table, _listen.Read(name, table));
        var mode = ListenReader.Mode(table, settings.Mode, listening);
        if (mode == ServiceMode.Wait && access != AccessRules.Everybody)
        {
            var key = access.Allow is not null ? "allow" : access.Times is not null ? "access_times" : "deny";
            table.Report(table.PlaceOf(key),
                $"'{key}' cannot be kept by a service with mode = \"wait\": its server takes the clients itself, and nobody asks the "
                + "daemon; let the server check, or take mode = \"nowait\" or \"pool\"");
        }

        if (access.Names.Count > 0 && listening.Any(entry => !entry.Endpoints[0].IsStream))
        {
            table.Report(table.PlaceOf("allow"), "names of hosts and domains are for connections: a datagram cannot wait at the door "
                + "until its sender's name is found; write addresses");
        }

        limits = LimitsReader.Fit(limits, table, mode, listening.All(entry => entry.Endpoints.All(one => one.IsStream)));
        var names = ListenReader.Names(table, settings.ListenFds, mode, listening);
        var identity = (settings.Enabled ? Identities : _obligingIdentities).Read(table);
        var programs = settings.Enabled ? Programs : _obligingPrograms;
        var program = programs.Read(table);
        var (proxy, tls) = (settings.Enabled ? _vestibules : _obligingVestibules).Read(table, programs, mode, listening, identity);
        var options = HandlerOptions.Read(table, program, mode, listening);
        var tcpmux = TcpmuxReader.Read(table, program, settings.Mode, listening);
        var recordsAlerts = program?.Handler == ServicePrograms.Notelnet;
        if (recordsAlerts && !alertsAreAsked)
        {
            table.Report(table.PlaceOf("handler"),
                "'notelnet' needs somebody to tell: add [alerts] with to = \"you@example.org\", "
                + "and [[alerts.transport]] with kind = \"sendmail\"");
        }

        if (recordsAlerts && listening.Any(entry => entry.Endpoints[0].Transport == Transport.Fifo))
        {
            table.Report(table.PlaceOf("listen"), "'notelnet' guards sockets: whoever writes into a FIFO has no address to tell of");
        }

        if (recordsAlerts && !table.Has("overflow"))
        {
            limits = limits with { Overflow = Overflow.Close };     // who waits in the backlog is seen by nobody
        }

        table.RefuseTheRest();
        var definition = mode is null || identity is null || program is null || listening.Count == 0
            ? null
            : Define(name, settings, listening, mode.Value, identity, program, options) with
            {
                Limits = limits,
                Access = access,
                Sockets = sockets.Settings,
                ListenNames = names,
                Proxy = proxy,
                Tls = tls,
                Tcpmux = tcpmux,
                RecordsAlerts = recordsAlerts,
            };
        return new ServiceDraft(name, table.Place, settings.Enabled, listening, definition, recordsAlerts) { IsTcpmux = tcpmux is not null };
    }

    private static string? WhyNotName(string name) =>
        name == AlertsDefinition.MailerName
            ? $"the name '{name}' is taken by the service that [alerts] implies: choose another one"
        : name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0]) && name.All(IsNameLetter) ? null
        : $"{Printable.Quoted(name)} cannot be a service's name: {NameRule}";

    private static bool IsNameLetter(char letter) =>
        char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '.' or '-';

    private ServiceDefinition Define(
        string name, ServiceSettings settings, IReadOnlyList<ListenEntry> listening, ServiceMode mode, Identity identity,
        ServiceProgram program, string? options)
    {
        var isHandler = program.Handler is not null;
        var hasNoClient = mode == ServiceMode.Pool || listening.Any(entry => entry.Endpoints.Any(endpoint => endpoint.Transport == Transport.Fifo));
        return new ServiceDefinition
        {
            Name = name,
            Listen = [.. listening.SelectMany(entry => entry.Endpoints)],
            Mode = mode,
            Program = program.Path,
            Arguments = program.Arguments,
            Identity = identity,
            Environment = [.. settings.Environment, .. HandlerVariables(program, identity, options)],
            WorkingDirectory = settings.WorkingDirectory,
            Umask = settings.Umask,
            StandardError = settings.StandardError?.Value
                ?? (isHandler || hasNoClient ? StandardError.Log : StandardError.Socket),
            Backlog = settings.Backlog,
            Pool = settings.Pool,
            MaxRuntime = settings.MaxRuntime,
            StopTimeout = settings.StopTimeout,
            ListenFds = settings.ListenFds,
            NoNewPrivileges = settings.NoNewPrivileges?.Value ?? isHandler,
        };
    }

    private IEnumerable<EnvironmentVariable> HandlerVariables(ServiceProgram program, Identity identity, string? options)
    {
        if (options is not null)
        {
            yield return new EnvironmentVariable("SUPERSERVER_OPTIONS", options);
        }

        if (program.Handler == ServicePrograms.Notelnet && alerts is not null)
        {
            var lane = identity.Gid.ToString(CultureInfo.InvariantCulture);
            yield return new EnvironmentVariable("SUPERSERVER_SPOOL", Path.Combine(alerts.Spool, lane));
            yield return new EnvironmentVariable("SUPERSERVER_ALERT_SOCKET", alerts.Socket);
            yield return new EnvironmentVariable("SUPERSERVER_HOST", alerts.Host);
            if (alerts.Machine is { } machine)
            {
                yield return new EnvironmentVariable("SUPERSERVER_MACHINE", machine);
            }
        }
    }
}
