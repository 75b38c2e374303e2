using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// <c>superserver alert …</c>: what the administrator asks or orders, from a process beside the mailer. Both open the same store; an
/// order stands in it, so that a mailer that is not running obeys when it starts.
/// </summary>
internal sealed class AlertCommands(Surroundings surroundings, MailerOptions options, TextWriter output, TimeProvider clock)
{
    public static bool Knows(string command) =>
        command is "test" or "status" or "queue" or "show" or "flush" or "drop" or "retry-failed";

    public static int Run(string[] args)
    {
        if (Surroundings.Read(Environment.GetEnvironmentVariable, out var missing) is not { } surroundings)
        {
            Log.Say($"not set: {missing}. \"superserver alert {args[0]}\" sets it");
            return ExitCode.Usage;
        }

        try
        {
            StandardInput.MoveAway();
            var options = OptionsReader.Read(surroundings.Options, surroundings.Host);
            return new AlertCommands(surroundings, options, Console.Out, TimeProvider.System).Obey(args);
        }
        catch (Exception wrong) when (wrong is OptionsException or NewerStoreException)
        {
            Log.Say($"error: {wrong.Message}");
            return ExitCode.Configuration;
        }
        catch (CommandException refusal)
        {
            Log.Say(refusal.Message);
            return refusal.ExitCode;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException || Store.IsTrouble(trouble))
        {
            Log.Say($"error: {trouble.Message}");
            return ExitCode.StillWaiting;
        }
    }

    public int Obey(string[] args) => args switch
    {
        ["test"] => new TestCommand(surroundings.Host, options, output, clock).Run(),
        ["status"] => WithStore(mayWrite: false, store => new StatusTable(store, options, output, clock).Write()),
        ["queue"] => WithStore(mayWrite: false, store => new QueueTable(store, output, clock).Write()),
        ["show", var id] => WithStore(mayWrite: false, store => new MailView(store, output).Write(Number(id))),
        ["flush"] => WithStore(mayWrite: true, Flush),
        ["drop", var id] => WithStore(mayWrite: true, store => Drop(store, Number(id))),
        ["retry-failed"] => WithStore(mayWrite: true, RetryFailed),
        _ => throw new CommandException(ExitCode.Usage, $"'{args[0]}' is called otherwise; see superserver-mailer --help"),
    };

    private int WithStore(bool mayWrite, Func<Store, int> work)
    {
        using var store = Store.OpenBeside(Path.Combine(surroundings.Store, "alerts.db"), clock, mayWrite);
        if (store is null)
        {
            output.WriteLine("nothing was recorded yet");
            return ExitCode.Done;
        }

        return work(store);
    }

    private int Flush(Store store)
    {
        store.OrderFlush();
        Doorbell.RingAt(surroundings.Bell);
        output.WriteLine("what waits is composed and sent now; superserver alert queue shows what is left");
        return ExitCode.Done;
    }

    private int Drop(Store store, long id)
    {
        var mail = store.MailOf(id);
        if (mail is null || !store.Drop(id))
        {
            throw new CommandException(ExitCode.Unknown, $"mail {id} neither waits nor was given up");
        }

        output.WriteLine($"dropped mail {id}: {Clean.Text(mail.Subject, 100)} ({mail.Range}, {Count.Of(mail.Connections, "connection")})");
        return ExitCode.Done;
    }

    private int RetryFailed(Store store)
    {
        var count = store.RetryFailed();
        Doorbell.RingAt(surroundings.Bell);
        output.WriteLine(count == 0 ? "no mail was given up" : $"{Count.Of(count, "mail")} that had been given up will be tried again");
        return ExitCode.Done;
    }

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CommandException(ExitCode.Usage, $"'{Clean.Text(text, 40)}' is not the number of a mail; superserver alert queue shows them");
}
