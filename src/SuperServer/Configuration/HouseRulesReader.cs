using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads what holds for all services together, out of [daemon].</summary>
internal static class HouseRulesReader
{
    public static HouseRules Read(TableReader? table, HostFacts host, SetNames sets) => new()
    {
        MaxChildren = table is null ? null : LimitsReader.ReadCount(table, "max_children"),
        NeverBar = NeverBarReader.Read(table, host, sets),
    };
}
