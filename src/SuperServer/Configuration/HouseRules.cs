namespace SuperServer.Configuration;

/// <summary>What holds for all services together. It may change at a reload, unlike the rest of <c>[daemon]</c>.</summary>
internal sealed record HouseRules
{
    /// <summary>Children alive at once, of all services.</summary>
    public Limit? MaxChildren { get; init; }

    /// <summary>Who is never barred.</summary>
    public RuleList NeverBar { get; init; } = Loopback;

    /// <summary>This machine's own addresses.</summary>
    public static RuleList Loopback { get; } = new(
    [
        new AccessRule.OfNetwork(Network.Around(InternetAddress.FromV4(0x7f00_0000), 8), "127.0.0.0/8", "default"),
        new AccessRule.OfNetwork(NetworkText.Parse("::1").Value, "::1", "default"),
    ]);
}
