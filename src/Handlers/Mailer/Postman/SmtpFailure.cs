using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace SuperServer.Handlers.Mailer;

/// <summary>What an exception of an SMTP attempt means.</summary>
internal static class SmtpFailure
{
    public static FailureClass Class(Exception error, SmtpTransport.Progress progress) => error switch
    {
        SmtpCommandException refused => Class((int)refused.StatusCode, refused.Message, progress.IsConnected),
        AuthenticationException or ServiceNotAuthenticatedException or SslHandshakeException or NotSupportedException => FailureClass.Configuration,
        _ when progress.IsHandedOver => FailureClass.Ambiguous,
        _ => FailureClass.Transient,
    };

    public static string Words(Exception error, SmtpTransport.Progress progress) => error switch
    {
        SmtpCommandException refused => $"{(int)refused.StatusCode} {refused.Message}",
        NotSupportedException when !progress.IsConnected => "the server does not offer STARTTLS, and the mail is not sent in clear text "
            + "(tls = \"tls\" speaks TLS at once, tls = \"none\" allows clear text)",
        // MailKit's own message is a page of advice; what was wrong is below it.
        SslHandshakeException => $"no secure connection, so nothing was sent: {(error.InnerException ?? error).Message}",
        OperationCanceledException => "no end within the time for one attempt",
        _ => error.Message,
    };

    // 530, 534, 535, 538: log in, or otherwise; 5.7.30: this way of logging in was switched off; and a greeting that turns us away.
    private static FailureClass Class(int code, string words, bool isConnected) => code switch
    {
        < 500 => FailureClass.Transient,
        530 or 534 or 535 or 538 => FailureClass.Configuration,
        _ when !isConnected || words.Contains("5.7.30", StringComparison.Ordinal) => FailureClass.Configuration,
        _ => FailureClass.Permanent,
    };
}
