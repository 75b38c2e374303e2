namespace SuperServer.Configuration;

/// <summary>
/// One entry of <c>allow</c> or <c>deny</c>. Where it stands plays no part in equality: a rule that has moved down a line is
/// the same rule.
/// </summary>
/// <param name="Text">As it was written.</param>
/// <param name="SetAt">"superserver.toml:14".</param>
internal abstract record AccessRule(string Text, string SetAt)
{
    public virtual bool Equals(AccessRule? other) =>
        other is not null && EqualityContract == other.EqualityContract && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>A network, or one address.</summary>
    public sealed record OfNetwork(Network Network, string Text, string SetAt) : AccessRule(Text, SetAt)
    {
        public bool Equals(OfNetwork? other) => base.Equals(other);

        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary><c>@office</c>: every network of a set.</summary>
    public sealed record OfSet(NamedSet Set, string Text, string SetAt) : AccessRule(Text, SetAt)
    {
        public bool Equals(OfSet? other) => base.Equals(other) && Set == other!.Set;

        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary><c>host.example.org</c>, or with a dot in front every host below a domain. In lower case.</summary>
    public sealed record OfName(string Text, string SetAt) : AccessRule(Text, SetAt)
    {
        public bool IsDomain => Text[0] == '.';

        public bool Equals(OfName? other) => base.Equals(other);

        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>A user of this machine, at a Unix socket.</summary>
    public sealed record OfUser(uint Uid, string Text, string SetAt) : AccessRule(Text, SetAt)
    {
        public bool Equals(OfUser? other) => base.Equals(other) && Uid == other!.Uid;

        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>The group that a process of this machine runs in, at a Unix socket.</summary>
    public sealed record OfGroup(uint Gid, string Text, string SetAt) : AccessRule(Text, SetAt)
    {
        public bool Equals(OfGroup? other) => base.Equals(other) && Gid == other!.Gid;

        public override int GetHashCode() => base.GetHashCode();
    }
}
