using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads the keys of a service behind proxies: <c>proxy_protocol</c>, <c>trusted_proxies</c>, <c>proxy_timeout</c>.</summary>
internal sealed class ProxyReader(HostFacts host, SetNames sets)
{
    private static readonly TimeSpan _usual = TimeSpan.FromSeconds(5);

    private static readonly Func<TomlNode, Reading<TimeSpan>> _timeouts =
        Values.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));

    private static readonly string[] _companions = ["trusted_proxies", "proxy_timeout"];

    private readonly AccessRuleText _texts = new(host, sets);

    /// <summary>The two keys that [defaults] may have.</summary>
    public void ReadDefaults(TableReader defaults)
    {
        _ = Trusted(defaults);
        _ = defaults.Find("proxy_timeout", _timeouts);
    }

    /// <summary>Null when there is no proxy before the service.</summary>
    public ProxySettings? Read(TableReader table)
    {
        var isAsked = table.Find("proxy_protocol", Values.Flag) is { Value: true };
        var trusted = Trusted(table);
        var timeout = table.Optional("proxy_timeout", _timeouts, _usual);
        if (isAsked && !table.Has("trusted_proxies"))
        {
            table.Report(table.PlaceOf("proxy_protocol"), "'proxy_protocol' needs 'trusted_proxies': whoever may send a header can pass for "
                + "anybody, so say which proxies are yours, as in trusted_proxies = [\"10.0.0.5\"]");
        }

        foreach (var key in _companions.Where(key => !isAsked && table.Owns(key)))
        {
            table.Report(table.PlaceOf(key), $"'{key}' goes with proxy_protocol = true: without it no header is read, and the client is whoever connects");
        }

        var place = table.PlaceOf("trusted_proxies");
        return isAsked && trusted is not null ? new ProxySettings(trusted, $"{place.File}:{place.Line}", timeout) : null;
    }

    private RuleList? Trusted(TableReader table) => table.Many("trusted_proxies", Values.AnyText) is { } texts
        ? new RuleList([.. texts.Select(text => table.Judge(text.Place, Parse(text))).OfType<AccessRule>()])
        : null;

    /// <summary>Who is trusted must not hang on what somebody's name server says.</summary>
    private Reading<AccessRule> Parse(Placed<string> text) => _texts.Parse(text) switch
    {
        { Value: AccessRule.OfName } => new Objection(
            $"{Printable.Quoted(text.Value)} is a name: proxies are trusted by their addresses, as in \"10.0.0.5\" or \"@set\""),
        var reading => reading,
    };
}
