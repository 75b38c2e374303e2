using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// <c>superserver alert test</c>: sends a message that tells no event, by every transport, and says step by step what became of it.
/// It touches neither the store nor the mail limits.
/// </summary>
internal sealed class TestCommand(string host, MailerOptions options, Reply reply, TimeProvider clock)
{
    public int Run(CommandWords words)
    {
        var recipients = words.Texts("--to").Select(text => Recipient(text, words)).ToList();
        var attempt = new TestAttempt(host, options, recipients.Count > 0 ? recipients : options.Recipients, words.Has("--verbose"), reply, clock);
        var runs = Chosen(words).Select(number => attempt.By(number)).ToList();
        reply.Give(new TestAnswer(runs), AnswersJson.Default.TestAnswer);
        return ExitCodeOf([.. runs.Select(run => run.Outcome)]);
    }

    private static int ExitCodeOf(IReadOnlyCollection<string> outcomes) => outcomes switch
    {
        _ when outcomes.Contains("misconfigured") => ExitCode.Configuration,
        _ when outcomes.Contains("refused") => ExitCode.Refused,
        _ when outcomes.Contains("later") || outcomes.Contains("unclear") => ExitCode.StillWaiting,
        _ => ExitCode.Done,
    };

    private static string Recipient(string text, CommandWords words)
    {
        try
        {
            return OptionsReader.Address("--to", text);
        }
        catch (OptionsException wrong)
        {
            throw words.Wrong(wrong.Message);
        }
    }

    /// <summary>The numbers, from 1, of the transports that are meant: all, the one of a number, or those of a kind.</summary>
    private List<int> Chosen(CommandWords words)
    {
        var all = Enumerable.Range(1, options.Transports.Count);
        List<int> chosen = words.Text("--transport") switch
        {
            null => [.. all],
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => [.. all.Where(one => one == number)],
            var kind => [.. all.Where(number => KindOf(number) == kind)],
        };
        return chosen.Count > 0
            ? chosen
            : throw words.Wrong($"there is no transport '{Clean.Text(words.Text("--transport"), 40)}'; "
                + $"there are {string.Join(", ", all.Select(number => $"{number} ({KindOf(number)})"))}");
    }

    private string KindOf(int number) => Transports.Make(options.Transports[number - 1], host).Name.Split(' ')[0];
}
