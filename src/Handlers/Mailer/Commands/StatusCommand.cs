namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert status</c>: one line of verdict, and what it rests on.</summary>
internal sealed class StatusCommand(Store store, MailerOptions options, Reply reply, TimeProvider clock)
{
    private static readonly TimeSpan _soon = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan _late = TimeSpan.FromDays(1);

    public int Run()
    {
        var answer = Answer();
        Tell(answer);
        reply.Give(answer, AnswersJson.Default.StatusAnswer);
        return ExitCode.Done;
    }

    private StatusAnswer Answer()
    {
        var now = clock.GetUtcNow();
        var queue = store.Queue();
        var oldest = queue.Where(mail => mail.State == "waiting").Select(mail => (DateTimeOffset?)mail.MadeAt).Min();
        var (verdict, reason) = Verdict(now - oldest, queue.Count(mail => mail.State == "failed"));
        return new StatusAnswer
        {
            Verdict = verdict,
            Reason = reason,
            LastSent = store.LastSent is { } sent ? MailLine.Of(sent) : null,
            MailsWaiting = store.MailsIn("waiting"),
            MailsFailed = store.MailsIn("failed"),
            MailsSent = store.MailsIn("sent"),
            OldestUnsent = oldest,
            LastError = queue.LastOrDefault(mail => mail.LastError is not null)?.LastError,
            EventsInDay = store.EventsSince(now - TimeSpan.FromDays(1)),
            EventsInWeek = store.EventsSince(now - TimeSpan.FromDays(7)),
            IsPending = store.HasPending,
            NextMail = new Forecast(store, options, clock).NextMail,
            Transports = [.. options.Transports.Select(transport => Transports.Make(transport, "").Name)],
        };
    }

    private void Tell(StatusAnswer answer)
    {
        reply.Say(answer.Reason is { } reason ? $"{answer.Verdict}: {reason}" : answer.Verdict);
        reply.Say($"  last mail sent   {(answer.LastSent is { SentAt: { } at } sent ? $"{Wording.Utc(at)}, mail {sent.Id} ({Wording.Numbers(sent.First, sent.Last)})" : "none yet")}");
        reply.Say($"  mails            {answer.MailsWaiting} waiting, {answer.MailsFailed} given up, {answer.MailsSent} sent");
        if (answer.LastError is { } error)
        {
            reply.Say($"  last error       {Clean.Text(error, 300)}");
        }

        reply.Say($"  events           {answer.EventsInDay} in 24 hours, {answer.EventsInWeek} in 7 days");
        reply.Say($"  next mail        {NextMail(answer)}");
        reply.Say($"  transports       {Clean.Chosen(string.Join(", ", answer.Transports), 400)}");
    }

    private static (string Verdict, string? Reason) Verdict(TimeSpan? oldest, int failed) => (oldest, failed) switch
    {
        ({ } age, _) when age > _late => ("alarm", $"no mail gets through, the oldest waits for {Span.Short(age)}"),
        (_, > 0) => ("attention", $"{Count.Of(failed, "mail")} reached nobody (superserver alert queue)"),
        ({ } age, _) when age > _soon => ("attention", $"a mail waits for {Span.Short(age)}"),
        _ => ("ok", null),
    };

    private string NextMail(StatusAnswer answer) => answer.NextMail switch
    {
        null => "nothing waits to be told",
        { } due when due <= clock.GetUtcNow() => "now",
        { } due => $"in {Span.Short(due - clock.GetUtcNow())}",
    };
}
