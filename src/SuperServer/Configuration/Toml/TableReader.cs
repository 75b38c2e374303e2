namespace SuperServer.Configuration.Toml;

/// <summary>
/// Reads one table. Asking for a key declares it; what was never asked for when <see cref="RefuseTheRest"/> is called is a
/// mistake of the file. Thus the keys that exist are written down once, where they are used. A value that will not do is a
/// problem, and the reader goes on as if it were not there.
/// </summary>
/// <param name="map">The table.</param>
/// <param name="title">What messages call it: "service 'telnet'" or "[daemon]".</param>
/// <param name="problems">Where mistakes go.</param>
/// <param name="defaults">Asked for a key that the table does not have.</param>
internal sealed class TableReader(TomlMap map, string title, ICollection<Problem> problems, TableReader? defaults = null)
{
    private readonly List<string> _declared = new(capacity: 32);

    public string Title => title;

    public Place Place => map.OpenedAt;

    public TomlMap Map => map;

    /// <summary>The table itself, not its defaults, has the key.</summary>
    public bool Owns(string key)
    {
        _declared.Add(key);
        return map.Find(key) is not null;
    }

    public bool Has(string key) => Owns(key) || (defaults?.Has(key) ?? false);

    public T Optional<T>(string key, Func<TomlNode, Reading<T>> read, T fallback) =>
        Find(key, read) is { } found ? found.Value : fallback;

    /// <summary>The value and its place; null when it is not there or will not do.</summary>
    public Placed<T>? Find<T>(string key, Func<TomlNode, Reading<T>> read) =>
        Entry(key) is { } entry ? Accept(key, entry.Value, read) : null;

    /// <summary>As <see cref="Find"/>, but the key must be there.</summary>
    public Placed<T>? Required<T>(string key, Func<TomlNode, Reading<T>> read, string remedy)
    {
        if (!Has(key))
        {
            Report(Place, $"{title} needs '{key}': {remedy}");
        }

        return Find(key, read);
    }

    /// <summary>One value, or a list of them; null when the key is not there. A wrong one is a problem at its place.</summary>
    public IReadOnlyList<Placed<T>>? Many<T>(string key, Func<TomlNode, Reading<T>> read)
    {
        if (Entry(key) is not { } entry)
        {
            return null;
        }

        IEnumerable<TomlNode> items = entry.Value is TomlList list ? list.Items : [entry.Value];
        return [.. items.Select(item => Accept(key, item, read)).OfType<Placed<T>>()];
    }

    /// <summary>A list of values; one value alone is a mistake whose remedy the caller knows.</summary>
    public IReadOnlyList<Placed<T>>? List<T>(string key, Func<TomlNode, Reading<T>> read, string remedy)
    {
        if (Entry(key) is not { Value: not TomlList } entry)
        {
            return Many(key, read);
        }

        Report(entry.Value.Place, $"'{key}' must be a list, {remedy}");
        return null;
    }

    /// <summary>A table of its own below this one; never a default's.</summary>
    public TableReader? Table(string key, string name, string remedy)
    {
        if (!Owns(key))
        {
            return null;
        }

        var value = map.Find(key)!.Value;
        if (value is TomlMap table)
        {
            return new TableReader(table, name, problems);
        }

        Report(value.Place, $"'{key}' must be a table, {remedy}, not {value.Description}");
        return null;
    }

    /// <summary>A table that stands where a plain value could stand as well.</summary>
    public TableReader Inner(TomlMap inner, string name) => new(inner, name, problems);

    /// <summary>A table below this one, or the default's when this one has none.</summary>
    public TableReader? InheritedTable(string key, string name, string remedy) =>
        Owns(key) ? Table(key, name, remedy) : defaults?.InheritedTable(key, name, remedy);

    /// <summary>The tables that <c>[[NAME]]</c> opens; none when the key is not there.</summary>
    public IEnumerable<TableReader> Tables(string key, string name)
    {
        var value = Owns(key) ? map.Find(key)!.Value : null;
        if (value is TomlList list && list.Items.TrueForAll(item => item is TomlMap))
        {
            return list.Items.Select(item => new TableReader((TomlMap)item, name, problems));
        }

        if (value is not null)
        {
            Report(value is TomlMap single ? single.OpenedAt : value.Place, $"there can be several of these: write {name}");
        }

        return [];
    }

    /// <summary>Where the key stands, for messages about how it stands to another.</summary>
    public Place PlaceOf(string key) => Entry(key)?.Place ?? Place;

    public void Report(Place place, string message) => problems.Add(new Problem(place, message));

    /// <summary>Takes the value, or reports the objection at its place as a sentence of its own.</summary>
    public T? Judge<T>(Place place, Reading<T> reading)
    {
        if (reading.Objection is { } objection)
        {
            Report(place, objection);
        }

        return reading.Value;
    }

    /// <summary>Every key that nobody asked for is unknown.</summary>
    public void RefuseTheRest()
    {
        var unknown = map.Entries.FindAll(entry => !_declared.Contains(entry.Key));
        if (unknown.Count == 0)
        {
            return;
        }

        var known = _declared.Distinct().Order(StringComparer.Ordinal).ToList();
        var all = $"it has {string.Join(", ", known)}";
        foreach (var entry in unknown)
        {
            var remedy = Spelling.Nearest(entry.Key, known) is { } meant ? $"did you mean '{meant}'?" : all;
            var what = entry.HasHeader ? "table" : "setting";
            Report(entry.BeginsAt, $"{title} has no {what} {Printable.Quoted(entry.Key)} ({remedy})");
        }
    }

    private TomlEntry? Entry(string key) => Owns(key) ? map.Find(key) : defaults?.Entry(key);

    private Placed<T>? Accept<T>(string key, TomlNode node, Func<TomlNode, Reading<T>> read)
    {
        var reading = read(node);
        if (reading.Objection is { } objection)
        {
            Report(node.Place, $"'{key}' {objection}");
            return null;
        }

        return new Placed<T>(reading.Value!, node.Place);
    }
}
