using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Finds the files that secrets stand in, and makes sure that each is the mailer's alone, or one of the service manager's credentials.
/// Nothing is read here.
/// </summary>
internal sealed class SecretReader(HostFacts host, string baseDirectory, Identity? mailer)
{
    private const string Folder = "secrets";
    private const int FirstDescriptor = 3;

    private readonly List<string> _credentials = [];

    /// <summary>The files that the daemon opens for the mailer, from descriptor 3 on: it could not open them itself.</summary>
    public ValueList<string> ToBeOpened => [.. _credentials];

    /// <summary>Null when the key is not there.</summary>
    /// <param name="table">Who has the key.</param>
    /// <param name="key">The name of the file.</param>
    /// <param name="what">What is in it, for messages.</param>
    public SecretFile? Read(TableReader table, string key, string what)
    {
        if (table.Find(key, Values.Text) is not { } file)
        {
            return null;
        }

        if (Credential(file.Value) is { } credential)
        {
            return mailer is { IsSwitched: true } ? new SecretFile(credential, DescriptorOf(credential)) : new SecretFile(credential);
        }

        var path = Find(file.Value);
        if (WhyNotSecret(host.Look(path)) is { } why)
        {
            table.Report(file.Place, $"{what} file {Printable.Quoted(file.Value)} {why}");
        }

        return new SecretFile(path);
    }

    /// <summary>What LoadCredential= of systemd has laid down for the daemon: root's, and in memory only.</summary>
    private string? Credential(string text) =>
        host.CredentialsDirectory is { } folder && !text.Contains('/', StringComparison.Ordinal)
        && Path.Combine(folder, text) is var path && host.Look(path).Kind == FileKind.Regular ? path : null;

    private int DescriptorOf(string credential)
    {
        if (!_credentials.Contains(credential))
        {
            _credentials.Add(credential);
        }

        return FirstDescriptor + _credentials.IndexOf(credential);
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
