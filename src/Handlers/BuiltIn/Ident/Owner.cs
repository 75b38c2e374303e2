namespace SuperServer.Handlers.BuiltIn.Ident;

/// <summary>Whose socket a connection is on this host.</summary>
internal abstract record Owner
{
    public sealed record Somebody(uint Uid) : Owner;

    /// <summary>There is no such connection.</summary>
    public sealed record Nobody : Owner;

    /// <summary>The kernel will not say.</summary>
    public sealed record Unknown(string Why) : Owner;
}
