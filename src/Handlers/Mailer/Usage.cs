namespace SuperServer.Handlers.Mailer;

/// <summary>The help text.</summary>
internal static class Usage
{
    public static string Text =>
        $$"""
        superserver-mailer: turns recorded alerts into mail.

        The superserver starts it when [alerts] is configured. "superserver alert COMMAND"
        runs it with a command beside it:

        {{Commands}}

        superserver alert COMMAND --help says more.

        It reads its environment:

          SUPERSERVER_SPOOL    directory of the alert spool
          SUPERSERVER_STORE    directory of its own, for its database
          SUPERSERVER_HOST     the name of this host in mails (default: the host's name)
          SUPERSERVER_PID      the daemon's process, to end after it (default: the parent)
          SUPERSERVER_OPTIONS  JSON: {"to":["admin@example.org"],"from":"superserver@web1.example.org",
                               "settle_ms":5000,"gaps_s":[300,900,...],"calm_s":86400,
                               (and with "inside_" before each), "summary":"weekly",
                               "resolve":"confirm"|"off","transport":[
                                 {"kind":"smtp","host":"...","port":587,"tls":"starttls"|"tls"|"none",
                                  "user":"...","password_file":"/..."},
                                 {"kind":"sendmail","path":"/usr/sbin/sendmail"},
                                 {"kind":"maildir","path":"/..."},
                                 {"kind":"webhook","url":"https://...","headers_file":"/..."},
                                 {"kind":"exec","command":["/..."]},{"kind":"log"}]
                               (each with "always":true for every mail),
                               "event_log":"/...","syslog":true,
                               "forward":{"url":"https://..."} }

        It ends with 0 when nothing is left to do, 75 when something waits for a later try,
        64 when the environment is not complete, 78 when the options are wrong; a command
        also with 65 (no such mail), 69 (refused for good) and 77 (not allowed).
        """;

    private static string Commands => string.Join('\n', CommandForms.All.Select(form =>
        $"  {string.Join(' ', [form.Name, .. form.Operands]).PadRight(Width)}  {form.Does}"));

    private static int Width => CommandForms.All.Max(form => string.Join(' ', [form.Name, .. form.Operands]).Length);
}
