namespace SuperServer.Handlers.Mailer;

/// <summary>The help text.</summary>
internal static class Usage
{
    public const string Text =
        """
        superserver-mailer: turns recorded alerts into mail.

        The superserver starts it when [alerts] is configured; it takes no arguments but
        --help and --version. Run by hand it reads the same environment:

          SUPERSERVER_SPOOL    directory of the alert spool
          SUPERSERVER_STORE    directory of its own, for its database
          SUPERSERVER_HOST     the name of this host in mails (default: the host's name)
          SUPERSERVER_PID      the daemon's process, to end after it (default: the parent)
          SUPERSERVER_OPTIONS  JSON: {"to":["admin@example.org"],"from":"superserver@web1.example.org",
                               "settle_ms":5000,"gaps_s":[300,900,...],"calm_s":86400,
                               "resolve":"confirm"|"off","transport":[
                                 {"kind":"smtp","host":"...","port":587,"tls":"starttls"|"tls"|"none",
                                  "user":"...","password_file":"/..."},
                                 {"kind":"sendmail","path":"/usr/sbin/sendmail"},
                                 {"kind":"maildir","path":"/..."}]}

        It ends with 0 when nothing is left to do, 75 when something waits for a later try,
        64 when the environment is not complete, 78 when the options are wrong.
        """;
}
