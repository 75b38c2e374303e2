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
            "smtp" => new SmtpReader(host, baseDirectory, mailer).Read,
            "sendmail" => Sendmail,
            "maildir" => Maildir,
            _ => _ => null,     // which keys belong here nobody knows, so none is refused
        };
        return read(table);
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

    private MailTransport.Maildir? Maildir(TableReader table)
    {
        var path = table.Required("path", Values.Text, "the directory that mails are put into");
        table.RefuseTheRest();
        return path is null ? null : new MailTransport.Maildir(Path.GetFullPath(path.Value, baseDirectory));
    }
}
