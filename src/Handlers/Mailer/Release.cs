using System.Reflection;

namespace SuperServer.Handlers.Mailer;

/// <summary>Which version of SuperServer this is.</summary>
internal static class Release
{
    public static string Version { get; } =
        typeof(Release).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
