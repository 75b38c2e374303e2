namespace SuperServer.Handlers.Mailer;

/// <summary>What to do when a step of <c>alert test</c> fails, in words for the one who has to do it.</summary>
internal static class TestAdvice
{
    public static string For(TransportOptions transport, string stage, FailureClass failure) => transport switch
    {
        TransportOptions.Smtp { Settings: var settings } => ForSmtp(settings, stage, failure),
        TransportOptions.Sendmail { Path: var path } => failure switch
        {
            FailureClass.Configuration => $"see that {path} is there and that the mailer's user may run it: its words above say what it misses",
            FailureClass.Permanent => "see that 'to' and 'from' are addresses that the mail system of this host accepts",
            _ => "look at the log and the queue (mailq) of this host's mail system",
        },
        TransportOptions.Maildir { Path: var path } => $"see that the mailer's user may write to {path}, and that its disk has room",
        _ => "its words above say what is missing",
    };

    private static string ForSmtp(SmtpSettings settings, string stage, FailureClass failure) => stage switch
    {
        "name" => $"see that 'host' is right, and that this machine can look up names: getent hosts {Clean.Text(settings.Host, 100)}",
        "connect" => $"see that the server runs, that port {settings.Port} is right (587 and 465 are for submission, 25 between servers), "
            + "and that no firewall is in the way: many providers block port 25",
        "greeting" when failure == FailureClass.Configuration => "the server turns this host away: ask whoever runs it",
        "greeting" => "the server answers late or not in SMTP: a port that speaks TLS at once (465) wants tls = \"tls\"",
        "starttls" => "ask which port of the server speaks TLS: 587 offers it, 465 speaks it at once (tls = \"tls\"). Clear text is for a server on this host",
        "tls" => "the server does not speak TLS as it is asked to: 587 and 25 begin in clear text (tls = \"starttls\"), 465 does not (tls = \"tls\")",
        "certificate" => ForCertificate(settings),
        "log-in" when settings.User is not null => ForLogIn(settings, failure),
        "sender" => "see that 'from' is an address that this account may use, and whether the server wants a log-in ('user')",
        "recipient" when failure == FailureClass.Permanent =>
            "see that 'to' is spelled right; a server that does not know this host delivers to its own addresses only, unless one logs in ('user')",
        "recipient" => "it is tried again by itself; a greylisting server takes it after some minutes",
        "message" when failure == FailureClass.Ambiguous => "look whether the test message has arrived: the server had all of it",
        "message" => "the server has read the message and says why it does not want it: its words above",
        _ => "its words above say what is missing",
    };

    private static string ForCertificate(SmtpSettings settings) => settings switch
    {
        { Pin: not null } => "the certificate is not the pinned one: if it was renewed, put its SHA-256 into 'pin_sha256'",
        { AuthorityFile: { } file } => $"the certificate is not of an authority in {file}, or not for the name {Clean.Text(settings.Host, 100)}",
        _ => "for a public server 'host' must be a name in its certificate, and this machine's clock and authorities (ca-certificates) right; "
            + "for a server of your own set 'ca_file' or 'pin_sha256'",
    };

    private static string ForLogIn(SmtpSettings settings, FailureClass failure) => (failure, settings) switch
    {
        (not FailureClass.Configuration, _) => "it is tried again by itself; too many wrong log-ins close an account for a while",
        (_, { TokenCommand: not null }) => "run 'token_command' by hand as the mailer's user, and see what its token is for",
        _ => "see that 'user' and the file of the password are right, that the mailer's user may read it, and whether the provider wants OAuth2 ('token_command') or an app password",
    };
}
