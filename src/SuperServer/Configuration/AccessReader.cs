using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads the keys that say who may come to a service, and when.</summary>
internal sealed class AccessReader(HostFacts host, SetNames sets)
{
    /// <summary>All of them go to the resolver in one message.</summary>
    public const int MostNames = 200;

    private readonly AccessRuleText _texts = new(host, sets);

    public AccessRules Read(TableReader table)
    {
        var allow = Rules(table, "allow");
        var place = table.PlaceOf("allow");
        var rules = new AccessRules(allow, Rules(table, "deny") ?? RuleList.Empty)
        {
            AllowSetAt = place.AtLine,
            Times = AccessTimesReader.Read(table),
        };
        if (rules.Names.Count > MostNames)
        {
            table.Report(place, $"there are {rules.Names.Count} names of hosts and domains, and {MostNames} are the most: "
                + "write their networks, or a domain for all of its hosts");
        }

        return rules;
    }

    private RuleList? Rules(TableReader table, string key) => table.Many(key, Values.AnyText) is { } texts
        ? new RuleList([.. texts.Select(text => table.Judge(text.Place, _texts.Parse(text))).OfType<AccessRule>()])
        : null;
}
