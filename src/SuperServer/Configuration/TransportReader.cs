using System.Net;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <c>[[alerts.transport]]</c>. Which keys there are depends on <c>kind</c>.</summary>
internal sealed class TransportReader(HostFacts host, string baseDirectory, Identity? mailer)
{
    private const string Remedy = "add [[alerts.transport]] with kind = \"smtp\", \"sendmail\" or \"maildir\"";

    public List<MailTransport> ReadAll(TableReader alerts)
    {
        var tables = alerts.Tables("transport", "[[alerts.transport]]");
        if (!alerts.Owns("transport"))
        {
            alerts.Report(alerts.Place, $"[alerts] has no way to send: {Remedy}");
        }

        return [.. tables.Select(Read).OfType<MailTransport>()];
    }

    private MailTransport? Read(TableReader table)
    {
        Func<TableReader, MailTransport?> read = table.Required(
            "kind", Values.Word("smtp", "sendmail", "maildir"), "\"smtp\", \"sendmail\" or \"maildir\"")?.Value switch
        {
            "smtp" => Smtp,
            "sendmail" => Sendmail,
            "maildir" => Maildir,
            _ => _ => null,     // which keys belong here nobody knows, so none is refused
        };
        return read(table);
    }

    private MailTransport.Smtp? Smtp(TableReader table)
    {
        var server = table.Required("host", Values.Text, "the mail server's name");
        var port = table.Optional("port", Values.WholeNumber(1, 65_535), 587);
        var tls = table.Find("tls", Values.Word("starttls", "tls", "none"));
        var user = table.Find("user", Values.Text);
        var password = table.Find("password_file", Values.Text);
        if (table.Has("user") != table.Has("password_file"))
        {
            table.Report(table.PlaceOf(table.Has("user") ? "user" : "password_file"), "'user' and 'password_file' go together");
        }

        table.RefuseTheRest();
        if (server is null)
        {
            return null;
        }

        if (tls?.Value == "none" && !IsLoopback(server.Value))
        {
            table.Report(tls.Place, $"tls = \"none\" would send mail and password readable to {Printable.Quoted(server.Value)}: "
                + "only a server on this host may be spoken to so");
        }

        return new MailTransport.Smtp(
            server.Value, port, tls?.Value ?? (port == 465 ? "tls" : "starttls"), user?.Value, PasswordFile(table, password));
    }

    private string? PasswordFile(TableReader table, Placed<string>? file)
    {
        if (file is null)
        {
            return null;
        }

        var path = Path.GetFullPath(file.Value, baseDirectory);
        if (WhyNotSecret(host.Look(path)) is { } why)
        {
            table.Report(file.Place, $"password file {Printable.Quoted(file.Value)} {why}");
        }

        return path;
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

    private MailTransport.Sendmail Sendmail(TableReader table)
    {
        var path = table.Find("path", Values.AbsolutePath);
        table.RefuseTheRest();
        var program = path?.Value ?? "/usr/sbin/sendmail";
        if (host.Look(program).WhyNoProgram is { } why)
        {
            table.Report(
                path?.Place ?? table.Place,
                $"program {Printable.Quoted(program)} {why}: install a mail system, or use kind = \"smtp\"");
        }

        return new MailTransport.Sendmail(program);
    }

    private MailTransport.Maildir? Maildir(TableReader table)
    {
        var path = table.Required("path", Values.Text, "the directory that mails are put into");
        table.RefuseTheRest();
        return path is null ? null : new MailTransport.Maildir(Path.GetFullPath(path.Value, baseDirectory));
    }

    private static bool IsLoopback(string server) =>
        server == "localhost" || (IPAddress.TryParse(server, out var address) && IPAddress.IsLoopback(address));
}
