using System.Net;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads a transport of <c>kind = "smtp"</c>: a mail server, how we know it, and how it knows us.</summary>
internal sealed class SmtpReader(HostFacts host, string baseDirectory, SecretReader secrets)
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
            Password = secrets.Read(table, "password_file", "password"),
            TokenCommand = new CommandReader(host).Read(table, "token_command", "[\"/usr/local/bin/mail-token\", \"web1\"]"),
            AuthorityFile = new AuthorityReader(host, baseDirectory).Read(table, "ca_file"),
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
