using System.Text;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Reads <c>[alerts]</c>: what of it is the mailer's goes to the mailer as JSON. Everything is checked here, where a mistake
/// still has a line and somebody looking at it, and not at night by a process that nobody watches.
/// </summary>
internal sealed class AlertsReader
{
    private const string DefaultUser = "superserver-mail";

    private readonly TableReader _table;
    private readonly HostFacts _host;
    private readonly string _baseDirectory;

    private AlertsReader(TableReader table, HostFacts host, DaemonDefinition daemon, string baseDirectory)
    {
        (_table, _host, _baseDirectory) = (table, host, baseDirectory);
        var name = table.Find("host", Values.Text);
        Site = new AlertSite(daemon, (name is null ? null : table.Judge(name.Place, HostName(name.Value))) ?? host.HostName,
            host.MachineOf(daemon.StateDirectory));
    }

    /// <summary>Known before the services are read, which pass it on to their handlers.</summary>
    public AlertSite Site { get; }

    public static AlertsReader? For(TableReader? table, HostFacts host, DaemonDefinition daemon, string baseDirectory) =>
        table is null ? null : new AlertsReader(table, host, daemon, baseDirectory);

    /// <summary>
    /// The mailer's service, and what the daemon must lay out for it;
    /// null when something is wrong with either.
    /// </summary>
    public Mailer? Read(ServiceReader services, IEnumerable<ServiceDraft> drafts)
    {
        var identity = Identify(services.Identities);
        var ignored = new IgnoreReader(_table, _host, _baseDirectory, identity);
        var letters = new LetterReader(_table, ignored).Read(Site.Host);
        var secrets = new SecretReader(_host, _baseDirectory, identity);
        var transports = new TransportReader(_host, _baseDirectory, secrets).ReadAll(_table);
        var feeds = new RecordFeedsReader(_table, _host, _baseDirectory, identity, secrets).Read();
        var isInstalled = services.Programs.HasOwn(_table, _table.Place, AlertsDefinition.MailerName);
        if (Encoding.UTF8.GetByteCount(Site.Socket) > EndpointText.LongestPath)
        {
            _table.Report(_table.Place, $"{Printable.Quoted(Site.Socket)} is longer than the {EndpointText.LongestPath} bytes "
                + "that the path of a socket may have: set a shorter 'run_dir' in [daemon]");
        }

        foreach (var (place, message) in new OwnMailPorts(_host, Site.Host).Among(drafts, transports, feeds))
        {
            _table.Report(place, message);
        }

        _table.RefuseTheRest();
        return identity is null || !isInstalled ? null : new Mailer(_table.Place, Site, identity, letters, transports, feeds)
        {
            Program = services.Programs.PathOf(AlertsDefinition.MailerName),
            IgnoredAt = ignored.Places,
            Credentials = secrets.ToBeOpened,
            Writers = [.. drafts.Where(draft => draft is { Enabled: true, RecordsAlerts: true })
                .Select(draft => draft.Definition).OfType<ServiceDefinition>()
                    .Select(service => service.Identity.Gid).Distinct().Order()],
        };
    }

    /// <summary>
    /// An ordinary user's daemon cannot switch, and its mailer is that user whatever the file says: unlike a service, which may
    /// count on being somebody else, it only reads what it owns.
    /// </summary>
    private Identity? Identify(Identities identities)
    {
        if (_host.IsRoot)
        {
            return identities.Read(_table, DefaultUser);
        }

        _ = (_table.Find("user", Values.NameOrNumber), _table.Owns("group"), _table.Owns("groups"));
        return identities.OfTheDaemon();
    }

    private static Reading<string> HostName(string name) =>
        name.Length <= 253 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_')
            ? name
            : new Objection($"{Printable.Quoted(name)} is not the name of a host");
}
