using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads the keys of <c>[daemon]</c> that may change at a reload. Before <see cref="DaemonReader"/>, which refuses
/// what nobody has asked for.</summary>
internal static class HouseReader
{
    public static HouseRules Read(TableReader? table) => table is null ? new HouseRules() : new HouseRules
    {
        MaxChildren = LimitsReader.ReadCount(table, "max_children"),
    };
}
