namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert queue</c>: the mails that wait or were given up, and the sum that must come out even.</summary>
internal sealed class QueueCommand(Store store, Reply reply, TimeProvider clock)
{
    public int Run()
    {
        var mails = store.Queue();
        var sum = store.Identity();
        if (mails.Count == 0)
        {
            reply.Say("no mail waits");
        }

        mails.ForEach(Tell);
        reply.Say("");
        reply.Say($"taken in  {sum.Taken} = {sum.HighestSequence} numbered + {sum.Coarse} counted only");
        reply.Say($"told      {sum.Told} = {sum.Mailed} in mails + {sum.Lost} in mails nobody got + {sum.Ignored} ignored + {sum.Pending} not mailed yet");
        reply.Say(sum.Holds ? "the record is complete" : $"THE SUMS DIFFER by {sum.Taken - sum.Told}");
        reply.Give(new QueueAnswer([.. mails.Select(MailLine.Of)], RecordSum.Of(sum)), AnswersJson.Default.QueueAnswer);
        return ExitCode.Done;
    }

    private void Tell(MailFacts mail)
    {
        var wait = mail.NextTry - clock.GetUtcNow();
        var when = mail.State == "failed" ? "given up" : wait <= TimeSpan.Zero ? "now" : $"in {Span.Short(wait)}";
        reply.Say($"{mail.Id}  {mail.Range}  {Count.Of(mail.Connections, "connection")}  {Count.Of(mail.Attempts, "attempt")}, {when}  "
            + Clean.Text(mail.Subject, 80));
        if (mail.LastError is not null)
        {
            reply.Say($"    {Clean.Text(mail.LastError, 300)}");
        }
    }
}
