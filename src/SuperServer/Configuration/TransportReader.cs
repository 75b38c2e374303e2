using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <c>[[alerts.transport]]</c>. Which keys there are depends on <c>kind</c>.</summary>
internal sealed class TransportReader(HostFacts host, string baseDirectory, SecretReader secrets)
{
    private const string Remedy = "add [[alerts.transport]] with kind = \"smtp\", \"sendmail\", \"maildir\", \"webhook\", \"exec\" or \"log\"";

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
        var always = table.Optional("always", Values.Flag, fallback: false);
        Func<TableReader, MailTransport?> read = table.Required(
            "kind",
            Values.Word("smtp", "sendmail", "maildir", "webhook", "exec", "log"),
            "\"smtp\", \"sendmail\", \"maildir\", \"webhook\", \"exec\" or \"log\"")?.Value switch
        {
            "smtp" => new SmtpReader(host, baseDirectory, secrets).Read,
            "sendmail" => Sendmail,
            "maildir" => Maildir,
            "webhook" => Webhook,
            "exec" => Exec,
            "log" => Log,
            _ => _ => null,     // which keys belong here nobody knows, so none is refused
        };
        return read(table) is { } transport ? transport with { Always = always } : null;
    }

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

    private MailTransport.Webhook? Webhook(TableReader table)
    {
        var place = new WebReader(table, host, baseDirectory, secrets).ReadWithAddress();
        table.RefuseTheRest();
        return place is null ? null : new MailTransport.Webhook(place);
    }

    private MailTransport.Exec? Exec(TableReader table)
    {
        const string Example = "[\"/usr/local/bin/on-alert\", \"--verbose\"]";
        var command = new CommandReader(host).Read(table, "command", Example);
        if (!table.Owns("command"))
        {
            table.Report(table.Place, $"[[alerts.transport]] needs 'command': the program and its arguments, as in {Example}");
        }

        table.RefuseTheRest();
        return command is null ? null : new MailTransport.Exec(command.Value);
    }

    private static MailTransport.Log Log(TableReader table)
    {
        table.RefuseTheRest();
        return new MailTransport.Log();
    }

    private MailTransport.Maildir? Maildir(TableReader table)
    {
        var path = table.Required("path", Values.Text, "the directory that mails are put into");
        table.RefuseTheRest();
        return path is null ? null : new MailTransport.Maildir(Path.GetFullPath(path.Value, baseDirectory));
    }
}
