namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert status</c>: one line of verdict, and what it rests on.</summary>
internal sealed class StatusTable(Store store, MailerOptions options, TextWriter output, TimeProvider clock)
{
    private static readonly TimeSpan _soon = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan _late = TimeSpan.FromDays(1);

    public int Write()
    {
        var now = clock.GetUtcNow();
        var waiting = store.Queue();
        var oldest = waiting.Where(mail => mail.State == "waiting").Select(mail => now - mail.MadeAt).DefaultIfEmpty().Max();
        output.WriteLine(Verdict(oldest, waiting.Count(mail => mail.State == "failed")));
        output.WriteLine($"  last mail sent   {(store.LastSent is { SentAt: { } at } sent ? $"{Wording.Utc(at)}, mail {sent.Id} ({sent.Range})" : "none yet")}");
        output.WriteLine($"  mails            {store.MailsIn("waiting")} waiting, {store.MailsIn("failed")} given up, {store.MailsIn("sent")} sent");
        if (waiting.LastOrDefault(mail => mail.LastError is not null) is { } troubled)
        {
            output.WriteLine($"  last error       {Clean.Text(troubled.LastError, 300)}");
        }

        output.WriteLine($"  events           {store.EventsSince(now - TimeSpan.FromDays(1))} in 24 hours, {store.EventsSince(now - TimeSpan.FromDays(7))} in 7 days");
        output.WriteLine($"  next mail        {NextMail(now)}");
        output.WriteLine($"  transports       {string.Join(", ", options.Transports.Select(transport => Transports.Make(transport, "").Name))}");
        return ExitCode.Done;
    }

    private static string Verdict(TimeSpan oldest, int failed) => (oldest, failed) switch
    {
        var (age, _) when age > _late => $"alarm: no mail gets through, the oldest waits for {Span.Short(age)}",
        (_, > 0) => $"attention: {Count.Of(failed, "mail")} reached nobody (superserver alert queue)",
        var (age, _) when age > _soon => $"attention: a mail waits for {Span.Short(age)}",
        _ => "ok",
    };

    private string NextMail(DateTimeOffset now)
    {
        if (!store.HasPending)
        {
            return "nothing waits to be told";
        }

        var due = new[] { StreamId.Inside, StreamId.Outside }
            .Select(store.StreamOf).OfType<SavedStream>().Where(stream => stream.Phase != Phase.Quiet).Select(stream => stream.Due).DefaultIfEmpty(now).Min();
        return due <= now ? "now" : $"in {Span.Short(due - now)}";
    }
}
