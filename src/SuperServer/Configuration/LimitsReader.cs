using System.Globalization;
using System.Text;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads the keys that say how many clients a service takes, how fast, and what becomes of the others.</summary>
internal static class LimitsReader
{
    private const int LongestBanner = 1_024;
    private const int MostInARate = 1_000_000;

    private static readonly string[] _aboutEachClient =
        ["max_per_source", "rate", "rate_per_source", "banner", "banner_refused", "sensor", "penalty"];

    private static readonly Func<TomlNode, Reading<Overflow>> _overflows = Values.OneOf(
        ("queue", Overflow.Queue), ("close", Overflow.Close), ("reset", Overflow.Reset), ("message", Overflow.Message));

    private static readonly Func<TomlNode, Reading<int>> _crowds = Values.WholeNumber(1, 100_000);
    private static readonly Func<TomlNode, Reading<int>> _bursts = Values.WholeNumber(1, MostInARate);
    private static readonly Func<TomlNode, Reading<TimeSpan>> _bars =
        Values.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));

    public static ServiceLimits Read(TableReader table) => new()
    {
        MaxConnections = ReadCount(table, "max_connections") ?? new ServiceLimits().MaxConnections,
        MaxPerSource = ReadCount(table, "max_per_source"),
        Rate = ReadRate(table, "rate"),
        RatePerSource = ReadRate(table, "rate_per_source"),
        MaxLoad = table.Find("max_load", Load) is { } load ? new Limit(load.Value, load.Place.AtLine) : null,
        SourcePrefix = ReadPrefix(table),
        Overflow = table.Optional("overflow", _overflows, Overflow.Queue),
        Banner = table.Find("banner", Banner)?.Value,
        BannerRefused = table.Find("banner_refused", Banner)?.Value,
        Sensor = table.Find("sensor", _bars)?.Value,
        Penalty = table.Find("penalty", _bars)?.Value,
    };

    /// <summary>Finds fault with what a service as a whole cannot have, its defaults included.</summary>
    public static ServiceLimits Fit(ServiceLimits limits, TableReader table, ServiceMode? mode, bool isStream)
    {
        if (limits is { Overflow: Overflow.Message, BannerRefused: null } && !table.Has("banner_refused"))
        {
            table.Report(table.PlaceOf("overflow"),
                "'overflow' is \"message\", and there is no message: add banner_refused = \"…\"");
        }

        if (mode == ServiceMode.Wait)
        {
            foreach (var key in _aboutEachClient.Where(table.Owns))
            {
                table.Report(table.PlaceOf(key),
                    $"a 'wait' service takes its clients itself, and nobody can look after '{key}': "
                    + "remove it, or set mode = \"nowait\"");
            }
        }

        if (isStream)
        {
            return limits;
        }

        if (mode != ServiceMode.Wait && table.Owns("sensor"))
        {
            table.Report(table.PlaceOf("sensor"),
                "a datagram says nothing sure about who sent it, and anybody could bar anybody: remove 'sensor' here");
        }

        return limits with { Sensor = null };
    }

    /// <summary>A count of something that is there at once.</summary>
    public static Limit? ReadCount(TableReader table, string key) =>
        table.Find(key, _crowds) is { } limit ? new Limit(limit.Value, limit.Place.AtLine) : null;

    private static Rate? ReadRate(TableReader table, string key)
    {
        if (table.Find<TomlNode>(key, node => node) is not { Value: var node })
        {
            return null;
        }

        if (node is not TomlMap map)
        {
            return table.Find(key, Rate) is { } plain ? plain.Value with { SetAt = plain.Place.AtLine } : null;
        }

        var inner = table.Inner(map, $"'{key}'");
        var rate = inner.Required("rate", Rate, "as in { rate = \"30/min\", burst = 5 }")?.Value;
        var burst = inner.Find("burst", _bursts)?.Value;
        inner.RefuseTheRest();
        return rate is null ? null : rate with { Burst = burst ?? rate.Burst, SetAt = map.Place.AtLine };
    }

    private static SourcePrefix ReadPrefix(TableReader table)
    {
        if (table.InheritedTable("source_prefix", "'source_prefix'", "as in { v4 = 32, v6 = 64 }") is not { } prefix)
        {
            return SourcePrefix.Usual;
        }

        var read = new SourcePrefix(
            prefix.Optional("v4", Values.WholeNumber(0, 32), SourcePrefix.Usual.V4),
            prefix.Optional("v6", Values.WholeNumber(0, 128), SourcePrefix.Usual.V6));
        prefix.RefuseTheRest();
        return read;
    }

    private static Reading<Rate> Rate(TomlNode node)
    {
        if (node is not TomlText text || !TryRead(text.Value, out var count, out var per))
        {
            return new Objection($"must be a rate such as \"5/s\", \"30/min\", \"100/h\" or \"1000/d\", not {node.Description}");
        }

        return count is >= 1 and <= MostInARate
            ? new Rate((int)count, per, (int)count, null)
            : new Objection($"must be from 1 to {MostInARate} clients in a time, not {Printable.Quoted(text.Value)}");
    }

    private static bool TryRead(string text, out long count, out TimeSpan per)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var unit = Array.Find(Configuration.Rate.Units, unit => slash > 0 && text.AsSpan(slash + 1).SequenceEqual(unit.Name));
        per = unit.Per;
        count = 0;
        return unit.Name is not null
            && long.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private static Reading<double> Load(TomlNode node)
    {
        double? load = node switch
        {
            TomlNumber number => number.Value,
            TomlFraction fraction => fraction.Value,
            _ => null,
        };
        return load is >= 0.01 and <= 100_000 ? load.Value
            : new Objection($"must be a load average from 0.01 to 100000, as in 4.5, not {node.Description}");
    }

    private static Reading<string> Banner(TomlNode node) => Values.Text(node) switch
    {
        { Value: { } text } when Encoding.UTF8.GetByteCount(text) > LongestBanner =>
            new Objection($"is longer than {LongestBanner} bytes"),
        var reading => reading,
    };
}
