namespace SuperServer.Configuration;

/// <summary>
/// The rules of <c>allow</c>, of <c>deny</c> or of <c>never_bar</c>, ready to be asked how well somebody is matched. The worth
/// of a match is the length of the network; a host's name is worth a single address, a domain less than any network, and a
/// longer domain more than a shorter one. Among local users, a user is worth more than a group.
/// </summary>
internal sealed class RuleList : IEquatable<RuleList>
{
    /// <summary>The worth of no match.</summary>
    public const int NoMatch = int.MinValue;

    private const int WorthOfUser = 2;
    private const int WorthOfGroup = 1;
    private const int BelowEveryNetwork = -1_000;

    private readonly AddressSet _networks;
    private readonly AccessRule.OfSet[] _sets;
    private readonly AccessRule.OfName[] _names;

    public RuleList(ValueList<AccessRule> rules)
    {
        Rules = rules;
        _networks = AddressSet.Of([.. rules.OfType<AccessRule.OfNetwork>().Select(rule => rule.Network)]);
        _sets = [.. rules.OfType<AccessRule.OfSet>()];
        _names = [.. rules.OfType<AccessRule.OfName>()];
    }

    public static RuleList Empty { get; } = new([]);

    public ValueList<AccessRule> Rules { get; }

    /// <summary>The names that somebody must confirm before they match.</summary>
    public ReadOnlySpan<AccessRule.OfName> Names => _names;

    public static bool operator ==(RuleList? left, RuleList? right) => Equals(left, right);

    public static bool operator !=(RuleList? left, RuleList? right) => !Equals(left, right);

    public bool Contains(in InternetAddress address) => WorthOf(address) != NoMatch;

    /// <summary>The worth of the best network or set. No allocation.</summary>
    public int WorthOf(in InternetAddress address)
    {
        var best = _networks.Lookup(address);
        foreach (var rule in _sets)
        {
            best = Math.Max(best, rule.Set.Current.Lookup(address));
        }

        return best < 0 ? NoMatch : best;
    }

    public static int WorthOf(AccessRule.OfName name, in InternetAddress address) =>
        name.IsDomain ? BelowEveryNetwork + name.Text.Length : Network.WidthOf(address);

    /// <summary>The worth of the best rule about a local user.</summary>
    public int WorthOf(uint uid, uint gid) =>
        RuleFor(uid, gid) switch { AccessRule.OfUser => WorthOfUser, AccessRule.OfGroup => WorthOfGroup, _ => NoMatch };

    public AccessRule? RuleFor(uint uid, uint gid)
    {
        AccessRule? found = null;
        foreach (var rule in Rules.AsSpan())
        {
            if (rule is AccessRule.OfUser user && user.Uid == uid)
            {
                return rule;
            }

            found ??= rule is AccessRule.OfGroup group && group.Gid == gid ? rule : null;
        }

        return found;
    }

    /// <summary>The first rule that has this worth for the address.</summary>
    public AccessRule? RuleFor(in InternetAddress address, int worth)
    {
        foreach (var rule in Rules.AsSpan())
        {
            var its = rule switch
            {
                AccessRule.OfNetwork { Network: var network } when network.Contains(address) => network.Length,
                AccessRule.OfSet { Set: var set } => set.Current.Lookup(address),
                _ => NoMatch,
            };
            if (its == worth)
            {
                return rule;
            }
        }

        return null;
    }

    public bool Equals(RuleList? other) => other is not null && Rules == other.Rules;

    public override bool Equals(object? obj) => Equals(obj as RuleList);

    public override int GetHashCode() => Rules.GetHashCode();
}
