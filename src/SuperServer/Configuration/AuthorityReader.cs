using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Finds a file of certificates in PEM.</summary>
internal sealed class AuthorityReader(HostFacts host, string baseDirectory)
{
    public string? Read(TableReader table, string key)
    {
        if (table.Find(key, Values.Text) is not { } file)
        {
            return null;
        }

        var path = Path.GetFullPath(file.Value, baseDirectory);
        var why = host.Look(path).Kind switch
        {
            FileKind.Missing => "does not exist",
            FileKind.Directory => "is a directory",
            FileKind.Special => "is not a regular file",
            _ => null,
        };
        if (why is not null)
        {
            table.Report(file.Place, $"file {Printable.Quoted(file.Value)} {why}: name the certificates of the authority, in PEM");
        }

        return path;
    }
}
