using System.Net;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads a transport of <c>kind = "smtp"</c>: a mail server, how we know it, and how it knows us.</summary>
internal sealed class SmtpReader(HostFacts host, string baseDirectory, Identity? mailer)
{
    private const int SubmissionOverTls = 465;

    private static readonly string[] _loginKeys = ["user", "password_file", "token_command"];
    private static readonly string[] _certificateKeys = ["ca_file", "pin_sha256"];

    public MailTransport.Smtp? Read(TableReader table)
    {
        var server = table.Required("host", Values.Text, "the mail server's name");
        var port = table.Optional("port", Values.WholeNumber(1, 65_535), 587);
        var tls = table.Find("tls", Values.Word("starttls", "tls", "none"));
        var transport = new MailTransport.Smtp(
            server?.Value ?? "", port, tls?.Value ?? (port == SubmissionOverTls ? "tls" : "starttls"))
        {
            User = table.Find("user", Values.Text)?.Value,
            PasswordFile = new SecretReader(host, baseDirectory, mailer).Read(table, "password_file"),
            TokenCommand = TokenCommand(table),
            AuthorityFile = AuthorityFile(table),
            Pin = table.Find("pin_sha256", Fingerprint)?.Value,
        };
        CheckLogin(table);
        if (tls?.Value == "none")
        {
            CheckClearText(table, tls.Place, server?.Value);
        }

        table.RefuseTheRest();
        return server is null ? null : transport;
    }

    private static void CheckLogin(TableReader table)
    {
        var (user, password, token) = (table.Owns("user"), table.Owns("password_file"), table.Owns("token_command"));
        var objection = (user, password, token) switch
        {
            (_, true, true) => "'password_file' and 'token_command' are two ways to log in: one of them must go",
            (true, false, false) => "'user' needs a 'password_file' or a 'token_command'",
            (false, true, false) => "'password_file' needs a 'user'",
            (false, false, true) => "'token_command' needs a 'user'",
            _ => null,
        };
        if (objection is not null)
        {
            table.Report(table.PlaceOf(_loginKeys.Last(table.Owns)), objection);
        }
    }

    private static void CheckClearText(TableReader table, Place place, string? server)
    {
        if (server is not null && !IsLoopback(server))
        {
            table.Report(place, $"tls = \"none\" would send mail and password readable to {Printable.Quoted(server)}: "
                + "only a server on this host may be spoken to so");
        }

        foreach (var key in _certificateKeys.Where(table.Owns))
        {
            table.Report(table.PlaceOf(key), $"'{key}' is about a certificate, and tls = \"none\" has none: one of them must go");
        }
    }

    private ValueList<string>? TokenCommand(TableReader table)
    {
        const string Remedy = "the program and each argument by itself, as in [\"/usr/local/bin/mail-token\", \"web1\"]";
        if (LetterReader.NotEmpty(table, "token_command", table.List("token_command", Values.Text, Remedy)) is not { Count: > 0 } command)
        {
            return null;
        }

        var place = ((TomlList)table.Map.Find("token_command")!.Value).Items[0].Place;
        var why = command[0].StartsWith('/') ? host.Look(command[0]).WhyNoProgram : "must be an absolute path";
        if (why is not null)
        {
            table.Report(place, $"program {Printable.Quoted(command[0])} {why}");
        }

        return command;
    }

    private string? AuthorityFile(TableReader table)
    {
        if (table.Find("ca_file", Values.Text) is not { } file)
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

    /// <summary>As <c>openssl x509 -fingerprint -sha256</c> prints it, or without the colons.</summary>
    private static Reading<string> Fingerprint(TomlNode node)
    {
        const int Digits = 64;
        var reading = Values.Text(node);
        var plain = reading.Value?.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        return plain is null ? reading
            : plain.Length == Digits && plain.All(char.IsAsciiHexDigit) ? plain
            : new Objection("must be the SHA-256 of the server's certificate, 64 hexadecimal digits, as "
                + "'openssl x509 -noout -fingerprint -sha256' prints it");
    }

    private static bool IsLoopback(string server) =>
        server == "localhost" || (IPAddress.TryParse(server, out var address) && IPAddress.IsLoopback(address));
}
