namespace SuperServer.Handlers.Mailer;

/// <summary>Makes the transports that the options ask for.</summary>
internal static class Transports
{
    public static Transport Make(TransportOptions transport, string host) => transport switch
    {
        TransportOptions.Smtp smtp => new SmtpTransport(smtp.Settings, host, new SmtpPatience()),
        TransportOptions.Sendmail sendmail => new SendmailTransport(sendmail.Path, SendmailTransport.UsualPatience),
        TransportOptions.Maildir maildir => new MaildirTransport(maildir.Path, host),
        _ => throw new OptionsException($"no such transport: {transport}"),
    };
}
