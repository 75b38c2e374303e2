using System.Globalization;
using System.Security.Cryptography;

namespace SuperServer.Handlers.Mailer;

/// <summary>Sends the test message by one transport after the other, and tells each step when it is done.</summary>
internal sealed class TestAttempt(
    string host, MailerOptions options, IReadOnlyList<string> recipients, bool isVerbose, Reply reply, TimeProvider clock)
{
    private const int NameWidth = 11;

    private readonly List<TestStep> _steps = [];
    private readonly List<string> _dialogue = [];

    /// <param name="number">The transport's place in the configuration, from 1.</param>
    public TestRun By(int number)
    {
        _steps.Clear();
        _dialogue.Clear();
        var chosen = options.Transports[number - 1];
        var message = Message(Transports.Make(chosen, host).Name);
        var witness = new Witness(Hear, isVerbose ? Overhear : null);
        var transport = Transports.Make(chosen, host, witness);
        reply.Say($"{transport.Name}: sending a test message to {string.Join(", ", recipients)}");
        var attempt = transport.Deliver(message, CancellationToken.None).GetAwaiter().GetResult();
        if (_steps.Count == 0 && attempt.Accepted.Count > 0)
        {
            witness.Hear("message", "taken");
        }

        transport.Rest().GetAwaiter().GetResult();
        var run = RunOf(number, transport.Name, attempt, witness.Stage, chosen);
        Tell(run);
        return run;
    }

    private TestRun RunOf(int number, string name, Attempt attempt, string stage, TransportOptions chosen) => new()
    {
        Number = number,
        Transport = name,
        Outcome = OutcomeOf(attempt),
        Accepted = attempt.Accepted,
        Refused = attempt.Refused,
        QueueId = attempt.Accepted.Count > 0 ? QueueId.Of(attempt.Reply) : null,
        FailedAt = attempt.Failure is not null ? stage : attempt.Refused.Count > 0 ? "recipient" : null,
        Failure = attempt.Failure?.Words,
        Advice = attempt.Failure is { } failure
            ? TestAdvice.For(chosen, stage, failure.Class)
            : attempt.Refused.Count > 0 ? TestAdvice.For(chosen, "recipient", FailureClass.Permanent) : null,
        Steps = [.. _steps],
        Dialogue = isVerbose ? [.. _dialogue] : null,
    };

    private static string OutcomeOf(Attempt attempt) => (attempt.Failure?.Class, attempt.Refused.Count) switch
    {
        (null, 0) => "sent",
        (null, _) or (FailureClass.Permanent, _) => "refused",
        (FailureClass.Configuration, _) => "misconfigured",
        (FailureClass.Ambiguous, _) => "unclear",
        _ => "later",
    };

    private void Hear(Step step)
    {
        _steps.Add(new TestStep(step.Name, (long)step.Took.TotalMilliseconds, step.Words, step.Facts));
        reply.Say($"  {step.Name.PadRight(NameWidth)}  {Clean.Text(step.Words, 600)}{Took(step.Took)}");
    }

    private void Overhear(string line)
    {
        _dialogue.Add(line);
        reply.Say($"    {line}");
    }

    private void Tell(TestRun run)
    {
        if (run.Accepted.Count > 0)
        {
            reply.Say($"  accepted for {string.Join(", ", run.Accepted)}{(run.QueueId is { } id ? $", queue id {id}" : "")}");
        }

        foreach (var (recipient, words) in run.Refused)
        {
            reply.Say($"  refused for {recipient}: {Clean.Text(words, 300)}");
        }

        if (run.Failure is { } failure)
        {
            reply.Say($"  {Words(run.Outcome)}, at the step '{run.FailedAt}': {Clean.Text(failure, 400)}");
        }

        if (run.Advice is { } advice)
        {
            reply.Say($"  what to do: {advice}");
        }
    }

    private static string Took(TimeSpan time) =>
        time < TimeSpan.FromMilliseconds(1) ? "" : string.Create(CultureInfo.InvariantCulture, $"  ({time.TotalMilliseconds:#,0} ms)");

    private Parcel Message(string transport)
    {
        var now = clock.GetUtcNow();
        var token = RandomNumberGenerator.GetHexString(6, lowercase: true);
        var letter = new LetterWriter(host, options).WriteTest(new Moment(now, now, clock.LocalTimeZone, token), transport, recipients);
        return new Parcel(0, letter.MessageId, letter.Bytes)
        {
            Payload = letter.Payload,
            Subject = letter.Subject,
            Sender = options.Sender,
            Recipients = letter.Recipients,
            MadeAt = now,
        };
    }

    private static string Words(string outcome) => outcome switch
    {
        "misconfigured" => "not sent, a setting is wrong",
        "refused" => "not sent, refused for good",
        "unclear" => "perhaps sent, the answer is missing",
        _ => "not sent, it may work later",
    };
}
