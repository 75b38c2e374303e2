namespace SuperServer.Handlers.Mailer;

/// <summary>Why a mail does not go out at once, in words.</summary>
internal sealed class Waiting(Store store, MailerOptions options, TimeProvider clock)
{
    public string Words(StreamClass streamClass)
    {
        var forecast = new Forecast(store, options, clock);
        var name = StreamClasses.Name(streamClass);
        return forecast switch
        {
            _ when store.Undelivered >= PostOffice.MostWaiting => $"{store.Undelivered} mails wait already, and what comes later is one mail when they are out (superserver alert queue)",
            _ when forecast.LimitedFor(streamClass) > TimeSpan.Zero => $"the mail limits allow no mail from {name} before",
            _ when forecast.Stream(streamClass).State.Phase == Phase.Holding => $"a mail about visitors from {name} went out before, and the gap to the next one is not over",
            _ => "it settles, so that what belongs together is one mail",
        };
    }
}
