using System.IO.Enumeration;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// The files that <c>include</c> names: patterns with * and ?, relative to the main file, each in the order of the C locale.
/// A pattern that matches nothing is fine, a plain name that does not exist is a mistake; no file is read twice.
/// </summary>
internal sealed class IncludedFiles(HostFacts host, string mainFile)
{
    private readonly string _directory = Path.GetDirectoryName(mainFile) ?? "";

    public IReadOnlyList<Placed<string>> Read(TableReader root)
    {
        var files = new List<Placed<string>>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { mainFile };
        foreach (var pattern in root.Many("include", Values.Text) ?? [])
        {
            var matches = IsPattern(pattern.Value) ? Matches(root, pattern) : [Path.Combine(_directory, pattern.Value)];
            files.AddRange(matches.Order(StringComparer.Ordinal).Where(seen.Add)
                .Select(file => new Placed<string>(file, pattern.Place)));
        }

        return files;
    }

    private static bool IsPattern(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>Walks along the parts of the path; a part with * or ? stands for every name that fits.</summary>
    private List<string> Matches(TableReader root, Placed<string> pattern)
    {
        var found = new List<string> { pattern.Value.StartsWith('/') ? "/" : _directory };
        var parts = pattern.Value.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (index, part) in parts.Index())
        {
            var isLast = index == parts.Length - 1;
            found = [.. found.SelectMany(directory => Step(root, pattern.Place, directory, part))
                .Where(path => isLast || IsDirectory(path))];
        }

        return found;
    }

    private IEnumerable<string> Step(TableReader root, Place place, string directory, string part)
    {
        if (!IsPattern(part))
        {
            var path = Path.Combine(directory, part);
            return host.Look(path).Kind == FileKind.Missing ? [] : [path];
        }

        if (host.NamesIn(directory.Length == 0 ? "." : directory) is { } names)
        {
            return names.Where(name => Fits(name, part)).Select(name => Path.Combine(directory, name));
        }

        root.Report(place, $"{Printable.Quoted(directory)} cannot be searched for {Printable.Quoted(part)}");
        return [];
    }

    private bool IsDirectory(string path) => host.Look(path).Kind == FileKind.Directory;

    /// <summary>As in a shell, a pattern finds no name with a leading dot without one: editors leave such files.</summary>
    private static bool Fits(string name, string pattern)
    {
        var literal = pattern.Replace(@"\", @"\\", StringComparison.Ordinal);
        return name.StartsWith('.') == pattern.StartsWith('.')
            && FileSystemName.MatchesSimpleExpression(literal, name, ignoreCase: false);
    }
}
