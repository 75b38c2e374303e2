using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary><c>superserver alert preview</c>: the mail that would be sent, or one of a time that is past. It changes nothing.</summary>
internal sealed class PreviewCommand(Store store, string host, MailerOptions options, Reply reply, TimeProvider clock)
{
    public int Run(CommandWords words)
    {
        if (words.Time("--since") is { } time)
        {
            Show(store.Since(clock.GetUtcNow() - time), MailKind.Digest, due: null, words.Has("--html"));
            return ExitCode.Done;
        }

        var forecast = new Forecast(store, options, clock);
        if (forecast.Next is { } next)
        {
            var summary = store.Pending(options.AttachCsv) with { Class = next, HeldBackSince = forecast.HeldBackSince };
            Show(summary, forecast.Stream(next).Kind, forecast.DueOf(next), words.Has("--html"), forecast.GapAfter(next));
        }
        else
        {
            Nothing("nothing waits to be told");
        }

        return ExitCode.Done;
    }

    private void Show(Summary summary, MailKind kind, DateTimeOffset? due, bool asHtml, TimeSpan gap = default)
    {
        if (summary.IsEmpty && summary.CountedOnly.Count == 0)
        {
            Nothing("nothing happened in that time");
            return;
        }

        var now = clock.GetUtcNow();
        var at = due is { } later && later > now ? later : now;
        var names = new NamesBeside(store, options.Resolve, clock).Find(summary.Busiest.Select(line => line.Address).OfType<IPAddress>());
        var letter = new LetterWriter(host, options).Write(kind, summary, names, new Moment(at, at + gap, clock.LocalTimeZone, LetterWriter.NewToken()));
        var answer = AnswerOf(letter, due);
        Tell(answer, asHtml);
        reply.Give(answer, AnswersJson.Default.PreviewAnswer);
    }

    private void Nothing(string words)
    {
        reply.Say(words);
        reply.Give(new PreviewAnswer(), AnswersJson.Default.PreviewAnswer);
    }

    private static PreviewAnswer AnswerOf(Letter letter, DateTimeOffset? due)
    {
        var (text, html) = MailParts.BodiesOf(letter.Bytes);
        var summary = letter.Summary;
        return new PreviewAnswer
        {
            Due = due,
            Subject = letter.Subject,
            To = letter.Recipients,
            First = summary.IsEmpty ? null : summary.First,
            Last = summary.IsEmpty ? null : summary.Last,
            Connections = summary.Connections + summary.CountedOnly.Sum(line => line.Connections),
            Text = text,
            Html = html,
        };
    }

    // The letter is made of cleaned values; the host's own name may be of any script.
    private void Tell(PreviewAnswer answer, bool asHtml)
    {
        if (asHtml)
        {
            reply.Say(answer.Html!);
            return;
        }

        reply.Say($"{When(answer.Due)} to {Clean.Chosen(string.Join(", ", answer.To!), 200)}; this is a preview, and nothing was sent:");
        reply.Say("");
        reply.Say($"Subject: {Clean.Chosen(answer.Subject, 200)}");
        reply.Say("");
        foreach (var line in answer.Text!.TrimEnd('\n').Split('\n'))
        {
            reply.Say(Clean.Chosen(line, 1000));
        }
    }

    private string When(DateTimeOffset? due) => (due - clock.GetUtcNow()) switch
    {
        null => "A mail of that time would go",
        { } wait when wait <= TimeSpan.Zero => "Due now,",
        { } wait => $"Due in {Span.Short(wait)}, unless something urgent comes,",
    };
}
