using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Collects the services of all files, in their order; a name may be given once.</summary>
internal sealed class ServiceTables(ServiceReader reader, TableReader? defaults, ICollection<Problem> problems)
{
    public const string Key = "service";

    private readonly Dictionary<string, Place> _names = new(StringComparer.Ordinal);
    private readonly List<ServiceDraft> _drafts = [];

    public IReadOnlyList<ServiceDraft> Drafts => _drafts;

    public void ReadFrom(TableReader root)
    {
        foreach (var entry in root.Table(Key, Key, "as in [service.telnet]")?.Map.Entries ?? [])
        {
            if (entry.Value is not TomlMap map)
            {
                root.Report(entry.Place, $"a service is a table: write [service.{Printable.Escaped(entry.Key)}]");
            }
            else if (!_names.TryAdd(entry.Key, map.OpenedAt))
            {
                var name = Printable.Escaped(entry.Key);
                root.Report(map.OpenedAt, $"there is a service '{name}' already ({_names[entry.Key]}): rename one");
            }
            else
            {
                var table = new TableReader(map, $"service '{Printable.Escaped(entry.Key)}'", problems, defaults);
                _drafts.Add(reader.Read(entry.Key, table, defaults));
            }
        }
    }

    public IEnumerable<ServiceDefinition> Definitions(bool enabled) =>
        _drafts.Where(draft => draft.Enabled == enabled).Select(draft => draft.Definition).OfType<ServiceDefinition>();
}
