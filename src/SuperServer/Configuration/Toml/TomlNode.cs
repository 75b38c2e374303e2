namespace SuperServer.Configuration.Toml;

/// <summary>A value of a TOML file and where it stands.</summary>
internal abstract class TomlNode(Place place)
{
    public Place Place { get; } = place;

    /// <summary>What it is, in the words of a message: "the text 'many'", "the number 7", "a list".</summary>
    public abstract string Description { get; }
}

/// <summary>A string, whichever quotes it was written with.</summary>
internal sealed class TomlText(Place place, string value) : TomlNode(place)
{
    public string Value { get; } = value;

    public override string Description => $"the text {Printable.Quoted(Value)}";
}

/// <summary>An integer.</summary>
internal sealed class TomlNumber(Place place, long value) : TomlNode(place)
{
    public long Value { get; } = value;

    public override string Description => $"the number {Value}";
}

/// <summary>A boolean.</summary>
internal sealed class TomlFlag(Place place, bool value) : TomlNode(place)
{
    public bool Value { get; } = value;

    public override string Description => Value ? "true" : "false";
}

/// <summary>A float: a load average, or an option of a handler.</summary>
internal sealed class TomlFraction(Place place, double value) : TomlNode(place)
{
    public double Value { get; } = value;

    public override string Description => "a fraction";
}

/// <summary>A date, a time, or both, as it was written; only options of handlers can hold one.</summary>
internal sealed class TomlMoment(Place place, string value) : TomlNode(place)
{
    public string Value { get; } = value;

    public override string Description => "a date or time";
}

/// <summary>An array: of values, or of the tables that <c>[[NAME]]</c> opens.</summary>
internal sealed class TomlList(Place place, bool ofTables) : TomlNode(place)
{
    /// <summary>Made by <c>[[NAME]]</c>, so that a further one adds to it.</summary>
    public bool OfTables { get; } = ofTables;

    public List<TomlNode> Items { get; } = [];

    public override string Description => OfTables ? "tables" : "a list";
}
