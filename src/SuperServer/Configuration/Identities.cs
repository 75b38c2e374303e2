using System.Globalization;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Looks up who a service becomes: <c>user</c> ("name", "name:group", numbers), <c>group</c>, <c>groups</c>. Group and groups
/// of [defaults] belong to its user: a service with a user of its own takes none of them.
/// </summary>
internal sealed class Identities(HostFacts host)
{
    /// <summary>The least that a service of root's daemon can be.</summary>
    private const string LeastUser = "nobody";

    private readonly Dictionary<(string User, uint Gid), ValueList<uint>> _memberships = [];
    private readonly Dictionary<string, UserAccount?> _users = new(StringComparer.Ordinal);

    /// <summary>Null when something is wrong, which is reported.</summary>
    public Identity? Read(TableReader table, string leastUser = LeastUser)
    {
        var user = table.Find("user", Values.NameOrNumber);
        var inherits = !table.Owns("user");
        var group = FindGroup(table, inherits);
        var groups = inherits || table.Owns("groups")
            ? table.List("groups", Values.NameOrNumber, "as in [\"adm\", \"video\"]")
            : null;
        if (user is null && table.Has("user"))
        {
            return null;
        }

        var (name, groupInUser) = Split(user?.Value ?? (host.IsRoot ? leastUser : host.Self.Name));
        if (groupInUser is not null && group is not null && table.Owns("user") == table.Owns("group"))
        {
            table.Report(group.Place, $"the group is given twice: in 'user' ({Printable.Quoted(user!.Value)}) and in 'group'");
            return null;
        }

        var chosen = group ?? (groupInUser is null ? null : new Placed<string>(groupInUser, user!.Place));
        return Resolve(table, new Placed<string>(name, user?.Place ?? table.Place), user is null, chosen, groups);
    }

    /// <summary>An ordinary user's daemon switches nothing, so its children are what it is.</summary>
    public Identity OfTheDaemon() => new()
    {
        User = host.Self.Name,
        Group = NameOfGroup(host.Self.Gid),
        Uid = host.Self.Uid,
        Gid = host.Self.Gid,
        SupplementaryGroups = host.OwnGroups,
        IsSwitched = false,
    };

    private static Placed<string>? FindGroup(TableReader table, bool inherits) =>
        inherits || table.Owns("group") ? table.Find("group", Values.NameOrNumber) : null;

    private static (string User, string? Group) Split(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private Identity? Resolve(
        TableReader table, Placed<string> user, bool isDefault, Placed<string>? group, IReadOnlyList<Placed<string>>? groups)
    {
        var account = isDefault && !host.IsRoot ? host.Self : UserNamed(user.Value);
        if (account is null && (Number(user.Value) is null || group is null))
        {
            table.Report(user.Place, WhyNoUser(user.Value, isDefault));
            return null;
        }

        var gid = group is null ? account!.Gid : GidNamed(table, group);
        var listed = groups?.Select(item => GidNamed(table, item)).ToList();
        if (gid is null || (listed?.Contains(null) ?? false))
        {
            return null;
        }

        account ??= new UserAccount(user.Value, Number(user.Value)!.Value, gid.Value);
        ValueList<uint>? chosen = listed is null ? null : [.. listed.Select(item => item!.Value).Distinct()];
        return IsSelf(account, gid.Value) && chosen is null
            ? OfTheDaemon()
            : Other(table, user.Place, account, gid.Value, chosen);
    }

    private string WhyNoUser(string name, bool isDefault) =>
        isDefault ? $"there is no user '{name}', which is the default: create it, or set 'user'"
        : Number(name) is not null ? $"uid {name} is not in the user database: give a group, too, as in \"{name}:{name}\""
        : $"there is no user {Printable.Quoted(name)}"
            + (Spelling.Suggestion(name, host.UserNames()) is { Length: > 0 } meant ? meant : ": create it, or name another one");

    private bool IsSelf(UserAccount account, uint gid) => !host.IsRoot && account.Uid == host.Self.Uid && gid == host.Self.Gid;

    private Identity? Other(TableReader table, Place place, UserAccount account, uint gid, ValueList<uint>? groups)
    {
        if (host.IsServing && !host.IsRoot)
        {
            table.Report(place, $"the daemon runs as '{host.Self.Name}' and cannot become '{account.Name}:{NameOfGroup(gid)}'"
                + (groups is null ? "" : " with groups of its own") + ": start it as root, or leave this out");
            return null;
        }

        return new Identity
        {
            User = account.Name,
            Group = NameOfGroup(gid),
            Uid = account.Uid,
            Gid = gid,
            SupplementaryGroups = groups ?? Memberships(account, gid),
            IsSwitched = true,
        };
    }

    private UserAccount? UserNamed(string name)
    {
        if (!_users.TryGetValue(name, out var account))
        {
            account = name.Length == 0 ? null : host.UserByName(name) ?? (Number(name) is { } uid ? host.UserById(uid) : null);
            _users.Add(name, account);
        }

        return account;
    }

    private ValueList<uint> Memberships(UserAccount account, uint gid)
    {
        if (!_memberships.TryGetValue((account.Name, gid), out var groups))
        {
            groups = host.GroupsOf(account.Name, gid);
            _memberships.Add((account.Name, gid), groups);
        }

        return groups;
    }

    private uint? GidNamed(TableReader table, Placed<string> name)
    {
        var gid = name.Value.Length == 0 ? null : host.GroupByName(name.Value)?.Gid ?? Number(name.Value);
        if (gid is null)
        {
            table.Report(name.Place, name.Value.Length == 0
                ? "nothing follows the colon: write \"user:group\", or \"user\" for the group that the user has"
                : $"there is no group {Printable.Quoted(name.Value)}: create it, or name another one");
        }

        return gid;
    }

    private string NameOfGroup(uint gid) => host.GroupById(gid)?.Name ?? gid.ToString(CultureInfo.InvariantCulture);

    /// <summary>A uid or gid; the largest means "none" to the kernel.</summary>
    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != uint.MaxValue
            ? number
            : null;
}
