using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Finds the file that a secret stands in, and makes sure that it is the mailer's alone. Nothing is read here.</summary>
internal sealed class SecretReader(HostFacts host, string baseDirectory, Identity? mailer)
{
    private const string Folder = "secrets";

    /// <summary>The file's path; null when the key is not there.</summary>
    public string? Read(TableReader table, string key)
    {
        if (table.Find(key, Values.Text) is not { } file)
        {
            return null;
        }

        var path = Find(file.Value);
        if (WhyNotSecret(host.Look(path)) is { } why)
        {
            table.Report(file.Place, $"password file {Printable.Quoted(file.Value)} {why}");
        }

        return path;
    }

    /// <summary>A name alone may lie in a folder of secrets, which can be closed as a whole.</summary>
    private string Find(string text)
    {
        var beside = Path.GetFullPath(text, baseDirectory);
        var inFolder = Path.Combine(baseDirectory, Folder, text);
        return !text.Contains('/', StringComparison.Ordinal) && host.Look(inFolder).Kind != FileKind.Missing ? inFolder : beside;
    }

    private string? WhyNotSecret(FileFacts facts) => facts.Kind switch
    {
        FileKind.Missing => "does not exist",
        FileKind.Directory => "is a directory",
        FileKind.Regular when facts.IsOpenToStrangers => "can be read by others: chmod 600",
        FileKind.Regular when mailer is { IsSwitched: true } && facts.Owner != mailer.Uid =>
            $"does not belong to the mailer: chown {mailer.User}",
        _ => null,
    };
}
