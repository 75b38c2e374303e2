namespace SuperServer.Configuration;

/// <summary>Where an ordinary user's instance keeps its files, and what a directory holds.</summary>
internal static class Directories
{
    private const string UnitsCredentials = "/run/credentials/superserver.service";

    private const string OurName = "superserver";

    /// <summary>Null when the session has no runtime directory.</summary>
    public static string? ForRuntime(string? runtimeDirectory) =>
        runtimeDirectory is ['/', ..] ? Path.Combine(runtimeDirectory, OurName) : null;

    public static string ForState(string? stateHome, string home) =>
        stateHome is ['/', ..] ? Path.Combine(stateHome, OurName) : Path.Combine(home, ".local/state", OurName);

    public static IReadOnlyList<string>? NamesIn(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? [.. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!)]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The daemon is told by its environment; a command that is typed beside it looks where the unit that we ship has them.</summary>
    public static string? OfCredentials(string? told) =>
        told is { Length: > 0 } ? told : Directory.Exists(UnitsCredentials) ? UnitsCredentials : null;
}
