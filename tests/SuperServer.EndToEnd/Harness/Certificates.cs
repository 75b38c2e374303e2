namespace SuperServer.EndToEnd.Harness;

/// <summary>An authority and what it has signed, made by openssl in a private folder.</summary>
internal sealed class Certificates(PrivateFolder folder)
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Authority => folder.At("ca.pem");

    public string Certificate(string name) => folder.At($"{name}.pem");

    public string Key(string name) => folder.At($"{name}.key");

    public static async Task<Certificates> Make(PrivateFolder folder)
    {
        Machine.Program("openssl");
        var made = new Certificates(folder);
        await OpenSsl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=Test Authority",
            "-keyout", folder.At("ca.key"), "-out", made.Authority);
        return made;
    }

    /// <summary>A certificate and its key, which are this user's alone; in place of those of the same name.</summary>
    public async Task Issue(string name, string subject, string? user = null)
    {
        var (key, certificate) = (folder.At($"{name}.key.new"), folder.At($"{name}.pem.new"));
        await OpenSsl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", subject,
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", Authority, "-CAkey", folder.At("ca.key"), "-keyout", key, "-out", certificate);
        foreach (var path in (ReadOnlySpan<string>)[key, certificate])
        {
            File.SetUnixFileMode(path, path == key ? OwnerAlone : OwnerAlone | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            if (Machine.IsRoot)
            {
                Machine.GiveTo(user ?? "somebody", path);
            }
        }

        File.Move(key, Key(name), overwrite: true);
        File.Move(certificate, Certificate(name), overwrite: true);
    }

    private static async Task OpenSsl(params string[] arguments) => (await Command.Run(["openssl", .. arguments])).Succeeded();
}
