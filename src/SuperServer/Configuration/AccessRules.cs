using System.Globalization;

namespace SuperServer.Configuration;

/// <summary>
/// Who may come to a service, and when. Of the rules that match somebody the best one counts, in whichever list it stands, and
/// a tie refuses. Whom no rule matches is let in if there is no <c>allow</c>, and refused if there is one.
/// </summary>
internal sealed class AccessRules : IEquatable<AccessRules>
{
    private readonly int[] _allowedNames;
    private readonly int[] _deniedNames;

    /// <param name="allow">Null when there is no such key: then everybody is allowed who is not denied.</param>
    /// <param name="deny">May be empty.</param>
    public AccessRules(RuleList? allow, RuleList deny)
    {
        (Allow, Deny) = (allow, deny);
        List<string> names = [.. ((RuleList[])[allow ?? RuleList.Empty, deny])
            .SelectMany(list => list.Rules.OfType<AccessRule.OfName>().Select(rule => rule.Text)).Distinct()];
        Names = [.. names];
        _allowedNames = Indexes(allow ?? RuleList.Empty, names);
        _deniedNames = Indexes(deny, names);
    }

    public static AccessRules Everybody { get; } = new(null, RuleList.Empty);

    public RuleList? Allow { get; }

    public RuleList Deny { get; }

    /// <summary>Where <c>allow</c> stands.</summary>
    public string? AllowSetAt { get; init; }

    /// <summary>Null for always.</summary>
    public AccessTimes? Times { get; init; }

    /// <summary>The names of hosts and domains in the rules, each once: what a <see cref="NameAnswer"/> counts.</summary>
    public ValueList<string> Names { get; }

    public static bool operator ==(AccessRules? left, AccessRules? right) => Equals(left, right);

    public static bool operator !=(AccessRules? left, AccessRules? right) => !Equals(left, right);

    /// <summary>A client from the network. Allocates nothing when it is let in.</summary>
    public AccessVerdict Judge(in InternetAddress address, NameAnswer names)
    {
        var allowed = Allow?.WorthOf(address) ?? RuleList.NoMatch;
        var denied = Deny.WorthOf(address);
        if (Names.Count == 0)
        {
            return IsLetIn(allowed, denied) ? AccessVerdict.LetIn : Refuse(address, denied, null);
        }

        if (!names.IsKnown)
        {
            return CouldNamesChange(address, allowed, denied) ? AccessVerdict.NameNeeded
                : IsLetIn(allowed, denied) ? AccessVerdict.LetIn
                : Refuse(address, denied, null);
        }

        var (byName, rule) = BestName(Deny, _deniedNames, address, names);
        allowed = Math.Max(allowed, BestName(Allow ?? RuleList.Empty, _allowedNames, address, names).Worth);
        return IsLetIn(allowed, Math.Max(denied, byName)) ? AccessVerdict.LetIn
            : Refuse(address, Math.Max(denied, byName), byName > denied ? rule : null);
    }

    /// <summary>A client of a Unix socket.</summary>
    public AccessVerdict Judge(uint uid, uint gid)
    {
        var denied = Deny.WorthOf(uid, gid);
        return IsLetIn(Allow?.WorthOf(uid, gid) ?? RuleList.NoMatch, denied) ? AccessVerdict.LetIn
            : denied == RuleList.NoMatch ? RefuseUnlisted()
            : Refuse(Deny.RuleFor(uid, gid)!);
    }

    /// <summary>Whether somebody may come at this time; an outcome other than a refusal lets in.</summary>
    public AccessVerdict Judge(DateTime local) => Times is null || Times.Admits(local)
        ? AccessVerdict.LetIn
        : AccessVerdict.Refused(
            "access_times", string.Create(CultureInfo.InvariantCulture, $"opens={Times.OpensAfter(local):yyyy-MM-dd'T'HH:mm}"), Times.SetAt);

    public bool Equals(AccessRules? other) =>
        other is not null && Allow == other.Allow && Deny == other.Deny && Times == other.Times;

    public override bool Equals(object? obj) => Equals(obj as AccessRules);

    public override int GetHashCode() => HashCode.Combine(Allow, Deny, Times);

    private static int[] Indexes(RuleList list, List<string> names) =>
        [.. list.Rules.OfType<AccessRule.OfName>().Select(rule => names.IndexOf(rule.Text))];

    private bool IsLetIn(int allowed, int denied) => denied == RuleList.NoMatch
        ? Allow is null || allowed != RuleList.NoMatch
        : allowed > denied;

    /// <summary>One name more on one side is enough to turn it, and no name on the other can be worth less.</summary>
    private bool CouldNamesChange(in InternetAddress address, int allowed, int denied)
    {
        var isLetIn = IsLetIn(allowed, denied);
        foreach (var name in isLetIn ? Deny.Names : (Allow ?? RuleList.Empty).Names)
        {
            var worth = RuleList.WorthOf(name, address);
            if (isLetIn ? worth >= allowed : worth > denied)
            {
                return true;
            }
        }

        return false;
    }

    private static (int Worth, AccessRule? Rule) BestName(
        RuleList list, int[] indexes, in InternetAddress address, NameAnswer names)
    {
        var (best, rule) = (RuleList.NoMatch, (AccessRule?)null);
        for (var at = 0; at < indexes.Length; at++)
        {
            var worth = RuleList.WorthOf(list.Names[at], address);
            if (worth > best && names.Confirms(indexes[at]))
            {
                (best, rule) = (worth, list.Names[at]);
            }
        }

        return (best, rule);
    }

    private AccessVerdict Refuse(in InternetAddress address, int denied, AccessRule? byName)
    {
        if (denied == RuleList.NoMatch)
        {
            return RefuseUnlisted();
        }

        // A set may have been replaced between two looks: then it is the set as a whole that refused.
        var rule = byName ?? Deny.RuleFor(address, denied);
        return rule is null ? AccessVerdict.Refused("deny", $"rule={Network.Around(address, denied)}", null)
            : rule is AccessRule.OfSet ? AccessVerdict.Refused("deny", $"rule={rule.Text}:{Network.Around(address, denied)}", rule.SetAt)
            : Refuse(rule);
    }

    private static AccessVerdict Refuse(AccessRule rule) => AccessVerdict.Refused("deny", $"rule={rule.Text}", rule.SetAt);

    private AccessVerdict RefuseUnlisted() => AccessVerdict.Refused("allow", "rule=none", AllowSetAt);
}
