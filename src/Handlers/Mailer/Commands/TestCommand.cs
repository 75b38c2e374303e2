using System.Security.Cryptography;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// <c>superserver alert test</c>: sends a message that tells no event, by every transport, and says what became of it. It touches
/// neither the store nor the mail limits.
/// </summary>
internal sealed class TestCommand(string host, MailerOptions options, TextWriter output, TimeProvider clock)
{
    public int Run()
    {
        var failures = options.Transports.Select(Try).OfType<FailureClass>().ToList();
        return failures switch
        {
            [] => ExitCode.Done,
            _ when failures.Contains(FailureClass.Configuration) => ExitCode.Configuration,
            _ when failures.Contains(FailureClass.Permanent) => ExitCode.Refused,
            _ => ExitCode.StillWaiting,
        };
    }

    private FailureClass? Try(TransportOptions options)
    {
        var transport = Transports.Make(options, host);
        output.WriteLine($"{transport.Name}: sending a test message");
        var attempt = transport.Deliver(Message(transport.Name), CancellationToken.None).GetAwaiter().GetResult();
        transport.Rest().GetAwaiter().GetResult();
        if (attempt.Accepted.Count > 0)
        {
            output.WriteLine($"  accepted for {string.Join(", ", attempt.Accepted)}{(attempt.Reply.Length > 0 ? $": {attempt.Reply}" : "")}");
        }

        foreach (var (recipient, words) in attempt.Refused)
        {
            output.WriteLine($"  refused for {recipient}: {Clean.Text(words, 300)}");
        }

        if (attempt.Failure is { } failure)
        {
            output.WriteLine($"  {Words(failure.Class)}: {Clean.Text(failure.Words, 400)}");
        }

        return attempt.Failure?.Class ?? (attempt.Refused.Count > 0 ? FailureClass.Permanent : null);
    }

    private Parcel Message(string transport)
    {
        var now = clock.GetUtcNow();
        var token = RandomNumberGenerator.GetHexString(6, lowercase: true);
        var letter = new LetterWriter(host, options).WriteTest(new Moment(now, now, clock.LocalTimeZone, token), transport);
        return new Parcel(0, letter.MessageId, letter.Bytes) { Sender = options.Sender, Recipients = letter.Recipients, MadeAt = now };
    }

    private static string Words(FailureClass failure) => failure switch
    {
        FailureClass.Configuration => "not sent, a setting is wrong",
        FailureClass.Permanent => "not sent, refused for good",
        FailureClass.Ambiguous => "perhaps sent, the answer is missing",
        _ => "not sent, it may work later",
    };
}
