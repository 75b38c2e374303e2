namespace SuperServer.Configuration;

/// <summary>What holds for all services together. It may change at a reload, unlike the rest of <c>[daemon]</c>.</summary>
internal sealed record HouseRules
{
    /// <summary>Children alive at once, of all services.</summary>
    public Limit? MaxChildren { get; init; }
}
