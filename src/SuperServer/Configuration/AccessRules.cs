namespace SuperServer.Configuration;

/// <summary>Who may come to a service.</summary>
internal sealed record AccessRules
{
    public static AccessRules Everybody { get; } = new();
}
