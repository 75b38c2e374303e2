using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <c>never_bar</c> of [daemon]: who is not barred, whatever they touch.</summary>
internal static class NeverBarReader
{
    public static RuleList Read(TableReader? table, HostFacts host, SetNames sets)
    {
        var texts = new AccessRuleText(host, sets);
        return table?.Many("never_bar", Values.AnyText) is { } named
            ? new RuleList([.. named.Select(text => table.Judge(text.Place, texts.ParseAddresses(text))).OfType<AccessRule>()])
            : HouseRules.Loopback;
    }
}
