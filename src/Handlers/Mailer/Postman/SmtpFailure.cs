using System.Buffers;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace SuperServer.Handlers.Mailer;

/// <summary>What an exception of an SMTP attempt means, and what to do about it.</summary>
internal static class SmtpFailure
{
    private const int LongestAnswer = 200;
    private const int NotLoggedIn = 530;
    private const int LogInRefused = 535;
    private static readonly SearchValues<char> _enhanced = SearchValues.Create("0123456789.");

    public static FailureClass Class(Exception error, SmtpTransport.Progress progress) => error switch
    {
        SmtpCommandException refused => Class((int)refused.StatusCode, refused.Message, progress.IsConnected),
        SecretException secret => secret.Class,
        AuthenticationException { InnerException: SmtpCommandException { StatusCode: < (SmtpStatusCode)500 } } => FailureClass.Transient,
        SslHandshakeException { ServerCertificate: null, InnerException: not System.Security.Authentication.AuthenticationException } => FailureClass.Transient,
        AuthenticationException or ServiceNotAuthenticatedException or SslHandshakeException or NotSupportedException => FailureClass.Configuration,
        _ when progress.IsHandedOver => FailureClass.Ambiguous,
        _ => FailureClass.Transient,
    };

    // 530, 534, 535, 538: log in, or otherwise; 5.7.30: this way of logging in was switched off; and a greeting that turns us away.
    // A full mailbox or disk (452, 552, x.2.2) is not emptied within minutes.
    public static FailureClass Class(int code, string words, bool isConnected) => code switch
    {
        452 or 552 => FailureClass.TransientLong,
        _ when Enhanced(words) is "4.2.2" or "5.2.2" => FailureClass.TransientLong,
        < 500 => FailureClass.Transient,
        NotLoggedIn or 534 or LogInRefused or 538 => FailureClass.Configuration,
        _ when !isConnected || Enhanced(words) == "5.7.30" => FailureClass.Configuration,
        _ => FailureClass.Permanent,
    };

    public static string Words(Exception error, SmtpTransport.Progress progress, SmtpSettings settings) => error switch
    {
        SmtpCommandException refused =>
            $"{Clean.Text($"{(int)refused.StatusCode} {refused.Message}", LongestAnswer)}{Remedy((int)refused.StatusCode, settings)}",
        AuthenticationException { InnerException: SmtpCommandException { StatusCode: < (SmtpStatusCode)500 } } => progress.LastAnswer,
        AuthenticationException => $"{progress.LastAnswer}{Remedy(LogInRefused, settings)}",
        NotSupportedException when !progress.IsConnected => "the server does not offer STARTTLS, and the mail is not sent in clear text "
            + "(tls = \"tls\" speaks TLS at once, tls = \"none\" allows clear text)",
        NotSupportedException => "the server offers no way to log in that is known here: leave 'user' out, or ask for another port",
        // MailKit's own message is a page of advice; what was wrong is below it.
        SslHandshakeException handshake => "no secure connection, so nothing was sent: "
            + $"{progress.Objection ?? (error.InnerException ?? error).Message}{Certificates.Describe(handshake.ServerCertificate)}",
        OperationCanceledException => "no end within the time for one attempt",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } => $"the name {settings.Host} was not found: {error.Message}",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"nobody listens at {settings.Host}:{settings.Port}",
        _ => Clean.Text(error.Message, LongestAnswer),
    };

    // RFC 3463: at the very beginning of the text, or it is part of what somebody says.
    private static string Enhanced(string words)
    {
        var text = words.AsSpan();
        text = text.Length > 4 && text[3] is ' ' or '-' && char.IsAsciiDigit(text[0]) ? text[4..] : text;
        var end = text.IndexOfAnyExcept(_enhanced);
        return (end < 0 ? text : text[..end]).ToString();
    }

    private static string Remedy(int code, SmtpSettings settings) => (code, settings) switch
    {
        (NotLoggedIn, { User: null }) => " (the server wants a log-in: set 'user' and 'password_file' or 'token_command')",
        (LogInRefused, { TokenCommand: not null }) => " (the token was refused: look at what 'token_command' prints, its scope and its account)",
        (LogInRefused, _) => " ('user' or the password is wrong, or the server wants OAuth2: see 'token_command')",
        _ => "",
    };
}
