namespace SuperServer.Tests;

/// <summary>Where the sources are, for tests that read them.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "SuperServer.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
