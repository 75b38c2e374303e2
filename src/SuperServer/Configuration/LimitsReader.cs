using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads the keys that say how many clients a service takes and how fast.</summary>
internal static class LimitsReader
{
    private static readonly Func<TomlNode, Reading<Overflow>> _overflows = Values.OneOf(
        ("queue", Overflow.Queue), ("close", Overflow.Close), ("reset", Overflow.Reset));

    private static readonly Func<TomlNode, Reading<int>> _crowds = Values.WholeNumber(1, 100_000);

    public static ServiceLimits Read(TableReader table) => new()
    {
        MaxConnections = table.Find("max_connections", _crowds) is { } crowd ? At(crowd) : new Limit(256, null),
        Overflow = table.Optional("overflow", _overflows, Overflow.Queue),
    };

    private static Limit At(Placed<int> limit) => new(limit.Value, $"{limit.Place.File}:{limit.Place.Line}");
}
