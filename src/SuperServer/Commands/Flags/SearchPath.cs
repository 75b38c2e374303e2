using SuperServer.Configuration;

namespace SuperServer.Commands.Flags;

/// <summary>Finds a program as a shell would: by its path, or in the folders of PATH.</summary>
internal static class SearchPath
{
    /// <summary>Its absolute path. Null: PATH has none of that name, and one that is called much like it is suggested.</summary>
    public static string? Find(string word, HostFacts host, out string suggestion)
    {
        suggestion = "";
        if (word.Contains('/', StringComparison.Ordinal))
        {
            return Path.GetFullPath(word);
        }

        // An empty entry is the folder where we are (environ(7)).
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.GetFullPath(folder.Length == 0 ? "." : folder)).ToList();
        var found = folders.Select(folder => Path.Combine(folder, word)).FirstOrDefault(path => host.Look(path).IsProgram);
        if (found is null || word.Length == 0)
        {
            suggestion = Spelling.Suggestion(word, folders.SelectMany(folder => host.NamesIn(folder) ?? []).Distinct());
            return null;
        }

        return found;
    }
}
