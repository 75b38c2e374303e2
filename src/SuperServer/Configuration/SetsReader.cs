using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>The sets that a configuration names: whole ones, and those whose files have mistakes, which are reported.</summary>
internal sealed class SetNames
{
    private readonly Dictionary<string, NamedSet?> _sets = new(StringComparer.Ordinal);

    public ValueList<NamedSet> Whole => [.. _sets.Values.OfType<NamedSet>()];

    public IEnumerable<string> Names => _sets.Keys;

    public void Add(string name, NamedSet? set) => _sets[name] = set;

    /// <summary>False when nobody named it; a set with mistakes is known, and null.</summary>
    public bool TryFind(string name, out NamedSet? set) => _sets.TryGetValue(name, out set);
}

/// <summary>Reads <c>[sets]</c>: lists of networks that stand in files of their own.</summary>
internal sealed class SetsReader(HostFacts host, string mainFile)
{
    private readonly SetFiles _files = new(host);
    private readonly string _directory = Path.GetDirectoryName(mainFile) ?? "";

    /// <param name="table">Null when the configuration has none.</param>
    /// <param name="files">Gets the names of the files, in which mistakes may stand.</param>
    public SetNames Read(TableReader? table, ICollection<string> files)
    {
        var sets = new SetNames();
        foreach (var entry in table?.Map.Entries ?? [])
        {
            if (!IsName(entry.Key))
            {
                table!.Report(entry.Place, $"{Printable.Quoted(entry.Key)} cannot be the name of a set: "
                    + "it is made of letters, digits, '_' and '-', as in office = \"office.networks\"");
            }

            sets.Add(entry.Key, Read(entry.Key, table!, files));
        }

        return sets;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');

    private NamedSet? Read(string name, TableReader table, ICollection<string> files)
    {
        var named = table.Many(name, Values.Text) ?? [];
        if (table.Map.Find(name)!.Value is TomlList { Items.Count: 0 } empty)
        {
            table.Report(empty.Place, $"the set '{Printable.Escaped(name)}' has no file: name one, or delete the line");
        }

        ValueList<string> paths = [.. named.Select(path => Path.Combine(_directory, path.Value))];
        foreach (var path in paths)
        {
            files.Add(path);
        }

        return paths.Count == 0 ? null : Known(name, paths) ?? Load(name, table, paths, named);
    }

    private NamedSet? Known(string name, ValueList<string> paths)
    {
        var known = host.KnownSets.FirstOrDefault(set => set.Name == name && set.Files == paths);
        return known is not null && known.Content.Stamps == _files.StampsOf(paths) && !known.Content.Stamps.Contains(null) ? known : null;
    }

    private NamedSet? Load(string name, TableReader table, ValueList<string> paths, IReadOnlyList<Placed<string>> named)
    {
        switch (_files.Read(paths))
        {
            case SetReading.Whole { Content: var content }:
                return new NamedSet(name, paths, content);
            case SetReading.Broken { Problems: var problems }:
                foreach (var (place, message) in problems.Select(problem => AtItsName(problem, paths, named)))
                {
                    table.Report(place, message);
                }

                return null;
            case var other:
                throw new InvalidOperationException($"No such reading: {other}.");
        }
    }

    /// <summary>A file that cannot be read has no line to point at but the one that names it.</summary>
    private static Problem AtItsName(Problem problem, ValueList<string> paths, IReadOnlyList<Placed<string>> named)
    {
        if (problem.Place.Line > 0)
        {
            return problem;
        }

        var index = paths.Index().First(path => path.Item == problem.Place.File).Index;
        return new Problem(named[index].Place, $"file {Printable.Quoted(problem.Place.File)} {problem.Message}");
    }
}
