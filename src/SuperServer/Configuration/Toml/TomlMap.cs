namespace SuperServer.Configuration.Toml;

/// <summary>How a table came to be, which decides what may still be added to it.</summary>
internal enum TomlOrigin
{
    /// <summary>Only named on the way to another: <c>[service]</c> in <c>[service.telnet]</c>. A header may still open it.</summary>
    Implied,

    /// <summary>Opened by its own header.</summary>
    Header,

    /// <summary>Made by a dotted key; further dotted keys may add to it, a header may not open it.</summary>
    Dotted,

    /// <summary>Written between braces, and complete.</summary>
    Inline,
}

/// <summary>A key, where it stands, and its value.</summary>
internal sealed record TomlEntry(string Key, Place Place, TomlNode Value)
{
    public bool HasHeader => Value is TomlMap { Origin: TomlOrigin.Header or TomlOrigin.Implied };

    /// <summary>Where somebody looks who is told that this should not be there: the whole header, or the key.</summary>
    public Place BeginsAt => HasHeader ? ((TomlMap)Value).OpenedAt : Place;
}

/// <summary>A table: entries in the order of the file.</summary>
internal sealed class TomlMap(Place place, TomlOrigin origin) : TomlNode(place)
{
    /// <summary>Most tables have a handful of keys, and are searched faster than hashed.</summary>
    private const int Handful = 8;

    private Dictionary<string, TomlEntry>? _byKey;

    public TomlOrigin Origin { get; private set; } = origin;

    /// <summary>The header that opened it; for a table that was only implied, the first one that named it.</summary>
    public Place OpenedAt { get; private set; } = place;

    public List<TomlEntry> Entries { get; } = [];

    public override string Description => "a table";

    public TomlEntry? Find(string key) =>
        _byKey is null ? Entries.Find(entry => entry.Key == key) : _byKey.GetValueOrDefault(key);

    /// <summary>The caller has made sure that the key is new.</summary>
    public void Add(TomlEntry entry)
    {
        Entries.Add(entry);
        _byKey?.Add(entry.Key, entry);
        if (_byKey is null && Entries.Count > Handful)
        {
            _byKey = Entries.ToDictionary(known => known.Key, StringComparer.Ordinal);
        }
    }

    /// <summary>A header names a table that was only implied so far.</summary>
    public void Open(Place at)
    {
        Origin = TomlOrigin.Header;
        OpenedAt = at;
    }

    /// <summary>The same table without some of its keys.</summary>
    public TomlMap Without(IReadOnlyCollection<string> keys)
    {
        var rest = new TomlMap(Place, Origin) { OpenedAt = OpenedAt };
        foreach (var entry in Entries.Where(entry => !keys.Contains(entry.Key)))
        {
            rest.Add(entry);
        }

        return rest;
    }
}
