namespace SuperServer.Accepting;

/// <summary>What became of opening an endpoint.</summary>
internal abstract record ListenResult
{
    public sealed record Opened(Listener Listener) : ListenResult;

    /// <summary>The endpoint may be missing on this host (no IPv6), and it is.</summary>
    public sealed record NotOnThisHost : ListenResult;

    /// <summary>A sentence for people: the call that failed, its error, and who holds the port if we can tell.</summary>
    /// <param name="Why">That sentence.</param>
    /// <param name="MayHeal">The address is not there yet: an interface comes up, and trying again will do.</param>
    public sealed record Failed(string Why, bool MayHeal) : ListenResult;
}
