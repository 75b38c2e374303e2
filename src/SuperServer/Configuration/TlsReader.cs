using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Reads <c>tls = { … }</c>, and makes sure that the files are there and that the key is no business of the program behind them.
/// Nothing is opened here: the key is read by its own process alone.
/// </summary>
internal sealed class TlsReader(HostFacts host)
{
    private const string LeastUser = "superserver-tls";
    private const string None = "none";

    private static readonly TimeSpan _usual = TimeSpan.FromSeconds(10);

    private static readonly Func<TomlNode, Reading<TimeSpan>> _timeouts =
        Values.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));

    private readonly Identities _identities = new(host);

    /// <summary>Null when there is none, or something is wrong with it.</summary>
    /// <param name="service">The service's own table.</param>
    /// <param name="program">Who the program runs as; null when that is not known.</param>
    public TlsSettings? Read(TableReader service, Identity? program)
    {
        if (service.Table("tls", "'tls'", "as in { certificate = \"/etc/ssl/web.pem\", key = \"/etc/ssl/web.key\" }") is not { } table)
        {
            return null;
        }

        var user = _identities.Read(table, LeastUser);
        if (user is not null && IsSame(user, program))
        {
            table.Report(table.PlaceOf("user"), $"the user '{user.User}' is the program's own, which could read the key then: "
                + $"give TLS a user of its own, such as \"{LeastUser}\"");
        }

        var certificate = ReadPair(table, user, program);
        ReadHosts(table, user, program);
        var clients = ReadClients(table, user);
        _ = table.Find("min_version", Values.Word("1.2", "1.3"));
        var timeout = table.Optional("handshake_timeout", _timeouts, _usual);
        table.RefuseTheRest();
        return user is null || certificate is null || table.Judge(table.Place, OptionsJson.Write(table.Map)) is not { } options
            ? null
            : new TlsSettings
            {
                Identity = user,
                Certificate = certificate,
                ClientCertificates = clients,
                Options = options,
                HandshakeTimeout = timeout,
            };
    }

    // Of a service that is asleep users may be missing, and all of them have the number of nobody then.
    private static bool IsSame(Identity user, Identity? program) =>
        program is { IsSwitched: true } && user.IsSwitched && user.Uid == program.Uid
            && (user.Uid != HostFacts.Nobody || user.User == program.User);

    /// <summary>The certificate's path.</summary>
    private string? ReadPair(TableReader table, Identity? user, Identity? program)
    {
        var certificate = table.Required("certificate", Values.AbsolutePath, "the file with the certificate, and those of its issuers after it (PEM)");
        var key = table.Required("key", Values.AbsolutePath, "the file with the private key (PEM)");
        Check(table, certificate, "certificate", user);
        if (Check(table, key, "key", user) is { } facts && WhyNotSecret(facts, program) is { } why)
        {
            table.Report(key!.Place, $"key {Printable.Quoted(key.Value)} {why}");
        }

        return certificate?.Value;
    }

    private void ReadHosts(TableReader table, Identity? user, Identity? program)
    {
        if (table.Table("hosts", "'hosts'", "as in { \"www.example.org\" = { certificate = \"FILE\", key = \"FILE\" } }") is not { } hosts)
        {
            return;
        }

        foreach (var entry in hosts.Map.Entries)
        {
            if (WhyNoHost(entry.Key) is { } why)
            {
                table.Report(entry.Place, $"{Printable.Quoted(entry.Key)} {why}");
            }

            if (hosts.Table(entry.Key, $"host {Printable.Quoted(entry.Key)}", "as in { certificate = \"FILE\", key = \"FILE\" }") is { } pair)
            {
                _ = ReadPair(pair, user, program);
                pair.RefuseTheRest();
            }
        }
    }

    private string ReadClients(TableReader table, Identity? user)
    {
        var clients = table.Find("client_certificates", Values.Word(None, "optional", "required"));
        var authority = table.Find("client_ca", Values.AbsolutePath);
        Check(table, authority, "client_ca", user);
        if (clients is { Value: not None } && !table.Has("client_ca"))
        {
            table.Report(clients.Place, "'client_certificates' needs 'client_ca': the file with the certificates of those who issue them (PEM)");
        }

        if (authority is not null && clients is null or { Value: None })
        {
            table.Report(authority.Place, "'client_ca' goes with client_certificates = \"optional\" or \"required\": nobody is asked for one");
        }

        return clients?.Value ?? None;
    }

    /// <summary>What is known of the file; null when it is not to be looked at any further.</summary>
    private FileFacts? Check(TableReader table, Placed<string>? file, string key, Identity? user)
    {
        if (file is null)
        {
            return null;
        }

        var facts = host.Look(file.Value);
        if (WhyNotReadable(file.Value, facts, user) is not { } why)
        {
            return facts.Kind == FileKind.Regular ? facts : null;
        }

        table.Report(file.Place, $"{key} {Printable.Quoted(file.Value)} {why}");
        return null;
    }

    private string? WhyNotReadable(string path, FileFacts facts, Identity? user) => facts.Kind switch
    {
        FileKind.Missing => "does not exist",
        FileKind.Directory => "is a directory",
        FileKind.Special => "is not a regular file",
        FileKind.Regular when user is null || facts.MayBeReadBy(user) => ClosedFolder(path, user) is { } folder
            ? $"cannot be reached by '{user!.User}', who is to read it: {Printable.Quoted(folder)} is closed to it"
            : null,
        FileKind.Regular => $"may not be read by '{user.User}', who needs it: give it to that user or one of its groups (chown, chgrp, chmod)",
        _ => null,
    };

    private string? ClosedFolder(string path, Identity? user)
    {
        for (var folder = Path.GetDirectoryName(path); user is not null && folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (host.Look(folder) is { Kind: FileKind.Directory } facts && !facts.MayBeSearchedBy(user))
            {
                return folder;
            }
        }

        return null;
    }

    /// <summary>Root reads everything, whatever a file says.</summary>
    private static string? WhyNotSecret(FileFacts facts, Identity? program) =>
        facts.IsOpenToAll ? "can be read by everybody: chmod 640, or 600"
        : program is { IsSwitched: true, Uid: not 0 } && facts.MayBeReadBy(program)
            ? $"may be read by '{program.User}', whose program talks to strangers: take it from that user and its groups"
            : null;

    /// <summary>As clients ask for it (RFC 6066): a name of DNS, and no pattern.</summary>
    // "*.example.org" stands for one label before it, as in certificates (RFC 9525, 6.3).
    private static string? WhyNoHost(string name) =>
        name.Length is > 0 and <= 253 && (name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name).Split('.').All(IsLabel) ? null
        : name.Any(char.IsAsciiLetterUpper) ? "stands in lower case, as names are compared"
        : "is no name that a client asks for: write it as in \"www.example.org\" or \"*.example.org\"";

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_');
}
