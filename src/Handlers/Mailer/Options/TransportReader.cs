using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>One entry of <c>transport</c>.</summary>
internal static class TransportReader
{
    private const int SubmissionOverTls = 465;

    public static TransportOptions Read(OptionsTable table)
    {
        TransportOptions transport = table.OneOf("kind", "smtp", "sendmail", "maildir", "webhook", "exec", "log") switch
        {
            "smtp" => new TransportOptions.Smtp(ReadSmtp(table)),
            "sendmail" => new TransportOptions.Sendmail(table.Path("path") ?? "/usr/sbin/sendmail"),
            "maildir" => new TransportOptions.Maildir(table.Path("path") ?? throw Missing(table, "path")),
            "webhook" => new TransportOptions.Webhook(ReadWebTarget(table)),
            "exec" => new TransportOptions.Exec(table.Command("command") ?? throw Missing(table, "command")),
            "log" => new TransportOptions.Log(),
            _ => throw Missing(table, "kind"),
        };
        transport = transport with { Always = table.Flag("always") ?? false };
        table.RefuseTheRest();
        return transport;
    }

    public static WebTarget ReadWebTarget(OptionsTable table)
    {
        var target = new WebTarget
        {
            Address = table.Text("url") is { } text ? WebAddress.Parse(text) ?? throw NoAddress(table) : null,
            AddressFile = table.Secret("url_file", "url_fd"),
            Headers = table.Secret("headers_file", "headers_fd"),
            AuthorityFile = table.Path("ca_file"),
        };
        return target is { Address: null, AddressFile: null } ? throw Missing(table, "url") : target;
    }

    private static OptionsException NoAddress(OptionsTable table) =>
        new($"{table.Name}: 'url' must be an https address such as https://hooks.example.org/superserver");

    private static SmtpSettings ReadSmtp(OptionsTable table)
    {
        var port = table.Number("port", 1, ushort.MaxValue) ?? 587;
        var settings = new SmtpSettings
        {
            Host = table.Text("host") ?? throw Missing(table, "host"),
            Port = port,
            Protection = table.OneOf("tls", "starttls", "tls", "none") switch
            {
                "tls" => Protection.Tls,
                "none" => Protection.None,
                null when port == SubmissionOverTls => Protection.Tls,
                _ => Protection.StartTls,
            },
            User = table.Text("user"),
            Password = table.Secret("password_file", "password_fd"),
            TokenCommand = table.Command("token_command"),
            AuthorityFile = table.Path("ca_file"),
            Pin = table.Text("pin_sha256"),
        };
        return Objection(settings) is { } objection ? throw new OptionsException($"{table.Name}: {objection}") : settings;
    }

    private static string? Objection(SmtpSettings settings) => settings switch
    {
        { User: not null, Password: null, TokenCommand: null } => "'user' needs a 'password_file' or a 'token_command'",
        { User: null, Password: not null } => "'password_file' needs a 'user'",
        { User: null, TokenCommand: not null } => "'token_command' needs a 'user'",
        { Password: not null, TokenCommand: not null } => "'password_file' and 'token_command' are two ways to log in: one of them must go",
        { User: not null, Protection: Protection.None } when !IsLoopback(settings.Host) =>
            "tls = \"none\" would show the password to everyone on the way; use \"starttls\" or \"tls\"",
        _ => null,
    };

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static OptionsException Missing(OptionsTable table, string key) => new($"{table.Name}: '{key}' is missing");
}
