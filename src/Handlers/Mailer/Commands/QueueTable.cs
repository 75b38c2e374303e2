namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert queue</c>: the mails that wait or were given up, and the sum that must come out even.</summary>
internal sealed class QueueTable(Store store, TextWriter output, TimeProvider clock)
{
    public int Write()
    {
        var mails = store.Queue();
        if (mails.Count == 0)
        {
            output.WriteLine("no mail waits");
        }

        foreach (var mail in mails)
        {
            var when = mail.State == "failed" ? "given up" : mail.NextTry <= clock.GetUtcNow() ? "now" : $"in {Span.Short(mail.NextTry - clock.GetUtcNow())}";
            output.WriteLine($"{mail.Id}  {mail.Range}  {Count.Of(mail.Connections, "connection")}  {Count.Of(mail.Attempts, "attempt")}, {when}  "
                + Clean.Text(mail.Subject, 80));
            if (mail.LastError is not null)
            {
                output.WriteLine($"    {Clean.Text(mail.LastError, 300)}");
            }
        }

        var sum = store.Identity();
        output.WriteLine();
        output.WriteLine($"taken in  {sum.Taken} = {sum.HighestSequence} numbered + {sum.Coarse} counted only");
        output.WriteLine($"told      {sum.Told} = {sum.Mailed} in mails + {sum.Lost} in mails nobody got + {sum.Ignored} ignored + {sum.Pending} not mailed yet");
        output.WriteLine(sum.Holds ? "the record is complete" : $"THE SUMS DIFFER by {sum.Taken - sum.Told}");
        return ExitCode.Done;
    }
}
