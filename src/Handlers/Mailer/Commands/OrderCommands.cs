namespace SuperServer.Handlers.Mailer;

/// <summary>What the mailer is told: it stands in the store, and the bell has it looked at now.</summary>
internal sealed class OrderCommands(Store store, string? bell, Reply reply)
{
    public int Flush()
    {
        store.OrderFlush();
        Doorbell.RingAt(bell);
        reply.Say("what waits is composed and sent now; superserver alert queue shows what is left");
        return Given("flush", (int)store.MailsIn("waiting"));
    }

    public int Drop(long id)
    {
        var mail = store.MailOf(id);
        if (mail is null || !store.Drop(id))
        {
            throw new CommandException(ExitCode.Unknown, $"mail {id} neither waits nor was given up");
        }

        reply.Say($"dropped mail {id}: {Clean.Text(mail.Subject, 100)} ({mail.Range}, {Count.Of(mail.Connections, "connection")})");
        return Given("drop", 1);
    }

    public int RetryFailed()
    {
        var count = store.RetryFailed();
        Doorbell.RingAt(bell);
        reply.Say(count == 0 ? "no mail was given up" : $"{Count.Of(count, "mail")} that had been given up will be tried again");
        return Given("retry-failed", count);
    }

    private int Given(string order, int mails)
    {
        reply.Give(new OrderAnswer(order, mails), AnswersJson.Default.OrderAnswer);
        return ExitCode.Done;
    }
}
