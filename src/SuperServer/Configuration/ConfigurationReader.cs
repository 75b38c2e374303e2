using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// From a file and its includes to values that are all valid, or to every mistake in them at once. It never throws because of
/// what is in a file, and asks the machine only through <see cref="HostFacts"/>.
/// </summary>
internal sealed class ConfigurationReader
{
    private readonly string _file;
    private readonly HostFacts _host;
    private readonly List<Problem> _problems = [];
    private readonly List<string> _files = [];

    private ConfigurationReader(string file, HostFacts host) => (_file, _host) = (file, host);

    public static ConfigurationReading Read(string file, HostFacts host) => new ConfigurationReader(file, host).Read();

    /// <summary>Reads tables that stand in no file: every rule holds for them as well.</summary>
    /// <param name="title">What they are called; relative paths are relative to where we are.</param>
    /// <param name="map">The tables.</param>
    /// <param name="host">The machine.</param>
    public static ConfigurationReading Read(string title, TomlMap map, HostFacts host) => new ConfigurationReader(title, host).Read(map);

    private ConfigurationReading Read() => Load(_file, new Place(_file, 0, 0)) is { } map
        ? Read(map)
        : new ConfigurationReading.Broken(Sorted(), CannotBeOpened: _files.Count == 0);

    private ConfigurationReading Read(TomlMap map)
    {
        var configuration = Bind(map);
        return _problems.Count == 0
            ? new ConfigurationReading.Valid(configuration)
            : new ConfigurationReading.Broken(Sorted(), CannotBeOpened: false);
    }

    /// <summary>A file's tables; null when it cannot be read (a problem where it was named) or is no TOML.</summary>
    private TomlMap? Load(string file, Place namedAt)
    {
        switch (_host.ReadFile(file))
        {
            case FileReading.Contents { Bytes: var bytes }:
                _files.Add(file);
                return TomlFile.Parse(file, bytes, _problems);
            case FileReading.Failed { Why: var why }:
                var subject = namedAt.Line == 0 ? "the configuration file" : $"file {Printable.Quoted(file)}";
                _problems.Add(new Problem(namedAt, $"{subject} {why}"));
                return null;
            case var other:
                throw new InvalidOperationException($"No such reading: {other}.");
        }
    }

    /// <summary>Meaningless, though never null, when there are problems.</summary>
    private ServerConfiguration Bind(TomlMap map)
    {
        var baseDirectory = Path.GetDirectoryName(Path.GetFullPath(_file)) ?? "/";
        var root = new TableReader(map, "the configuration", _problems);
        var sets = new SetsReader(_host, _file).Read(root.Table("sets", "[sets]", "as in [sets]"), _files);
        var house = root.Table("daemon", "[daemon]", "[daemon]");
        var rules = HouseRulesReader.Read(house, _host, sets);
        var daemon = new DaemonReader(_host, baseDirectory).Read(house);
        var alerts = AlertsReader.For(root.Table("alerts", "[alerts]", "[alerts]"), _host, daemon, baseDirectory);
        var reader = new ServiceReader(_host, daemon, alerts?.Site, alertsAreAsked: root.Owns("alerts"), sets);
        var defaults = root.Table("defaults", "[defaults]", "[defaults]") is { } table
            ? reader.ReadDefaults(table.Map, _problems)
            : null;

        var services = new ServiceTables(reader, defaults, _problems);
        services.ReadFrom(root);
        ReadIncluded(root, services);
        var mailer = alerts?.Read(reader, services.Drafts);
        ServiceDraft[] implied = mailer is null ? [] : [mailer.Draft];
        var enabled = TcpmuxReader.Fill([.. services.Definitions(enabled: true)], services.Drafts, _problems);
        _problems.AddRange(EndpointConflicts.Among([.. services.Drafts, .. implied]));

        var configuration = new ServerConfiguration
        {
            File = _file,
            Daemon = daemon,
            House = rules,
            Sets = sets.Whole,
            Log = DaemonReader.ReadLog(root.Table("log", "[log]", "[log]")),
            Alerts = mailer?.Definition,
            Services = [.. enabled, .. implied.Select(draft => draft.Definition!)],
            Disabled = [.. services.Definitions(enabled: false)],
        };
        root.RefuseTheRest();
        return configuration;
    }

    private void ReadIncluded(TableReader root, ServiceTables services)
    {
        foreach (var (file, namedAt) in new IncludedFiles(_host, _file).Read(root))
        {
            if (Load(file, namedAt) is not { } map)
            {
                continue;
            }

            services.ReadFrom(new TableReader(map, "an included file", _problems));
            foreach (var entry in map.Entries.Where(entry => entry.Key != ServiceTables.Key))
            {
                var what = $"{Printable.Quoted(entry.Key)} belongs in {Printable.Escaped(_file)}";
                _problems.Add(new Problem(entry.BeginsAt, $"an included file holds services only: {what}"));
            }
        }
    }

    /// <summary>Files in the order in which they were read, and each mistake once: services may share a wrong default.</summary>
    private ValueList<Problem> Sorted() =>
        [.. _problems.Distinct()
            .OrderBy(problem => _files.IndexOf(problem.Place.File))
            .ThenBy(problem => problem.Place.Line)
            .ThenBy(problem => problem.Place.Column)
            .ThenBy(problem => problem.Message, StringComparer.Ordinal)];
}
