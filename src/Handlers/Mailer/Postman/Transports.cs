namespace SuperServer.Handlers.Mailer;

/// <summary>Makes the transports that the options ask for.</summary>
internal static class Transports
{
    /// <param name="transport">Its options.</param>
    /// <param name="host">This host, as it introduces itself.</param>
    /// <param name="witness">Who hears of each step; mails in earnest have none.</param>
    public static Transport Make(TransportOptions transport, string host, Witness? witness = null) => transport switch
    {
        TransportOptions.Smtp smtp =>
            new SmtpTransport(smtp.Settings, host, witness is null ? new SmtpPatience() : SmtpPatience.OfSomebodyWhoWaits) { Witness = witness },
        TransportOptions.Sendmail sendmail => new SendmailTransport(sendmail.Path, SendmailTransport.UsualPatience),
        TransportOptions.Maildir maildir => new MaildirTransport(maildir.Path, host),
        TransportOptions.Webhook webhook => new WebhookTransport(webhook.Target, WebPost.UsualPatience) { Witness = witness },
        TransportOptions.Exec exec => new ExecTransport(exec.Command, ExecTransport.UsualPatience) { Witness = witness },
        TransportOptions.Log => new LogTransport(Log.Say) { Witness = witness },
        _ => throw new OptionsException($"no such transport: {transport}"),
    };
}
