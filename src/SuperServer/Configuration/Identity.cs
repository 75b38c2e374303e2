namespace SuperServer.Configuration;

/// <summary>
/// Who a child becomes: looked up in the user and group databases when the file is read, never per connection. The names are
/// kept for people; the numbers are what the kernel is given.
/// </summary>
internal sealed record Identity
{
    public required string User { get; init; }

    public required string Group { get; init; }

    public required uint Uid { get; init; }

    public required uint Gid { get; init; }

    /// <summary>Every supplementary group the child will have; nothing is inherited from the daemon.</summary>
    public required ValueList<uint> SupplementaryGroups { get; init; }

    /// <summary>False when the daemon does not run as root: the child stays who the daemon is, and nothing is switched.</summary>
    public required bool IsSwitched { get; init; }

    /// <summary>The user without rights, for tasks of our own that face strangers; by its usual number where nobody has a name.</summary>
    public static Identity OfNobody(HostFacts host)
    {
        var account = host.UserByName("nobody") ?? new UserAccount("nobody", HostFacts.Nobody, HostFacts.Nobody);
        return new Identity
        {
            User = account.Name,
            Group = "its own",
            Uid = account.Uid,
            Gid = account.Gid,
            SupplementaryGroups = [],
            IsSwitched = true,
        };
    }

    /// <summary>Who the daemon itself is.</summary>
    public static Identity Unchanged { get; } = new()
    {
        User = "the daemon's own user",
        Group = "the daemon's own group",
        Uid = 0,
        Gid = 0,
        SupplementaryGroups = [],
        IsSwitched = false,
    };
}
