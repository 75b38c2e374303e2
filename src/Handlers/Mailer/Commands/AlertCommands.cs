using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// <c>superserver alert …</c>: what the administrator asks or orders, from a process beside the mailer. Both open the same store; an
/// order stands in it, so that a mailer that is not running obeys when it starts.
/// </summary>
internal sealed class AlertCommands(Surroundings surroundings, MailerOptions options, TextWriter output, TimeProvider clock)
{
    public static bool Knows(string command) => CommandForms.Named(command) is not null;

    public static int Run(string[] args)
    {
        if (args[1..].Any(word => word is "--help" or "-h"))
        {
            Console.WriteLine(CommandForms.Named(args[0])!.Page());
            return ExitCode.Done;
        }

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

    public int Obey(string[] args)
    {
        var words = CommandWords.Read(CommandForms.Named(args[0])!, args[1..]);
        var reply = new Reply(output, words.IsJson);
        return words.Name switch
        {
            "test" => new TestCommand(surroundings.Host, options, reply, clock).Run(words),
            "trip" => new TripCommand(surroundings, options, reply, clock).Run(words),
            "status" => Reading(reply, store => new StatusCommand(store, options, reply, clock).Run()),
            "queue" => Reading(reply, store => new QueueCommand(store, reply, clock).Run()),
            "show" => Reading(reply, store => new ShowCommand(store, reply).Run(Id(words))),
            "preview" => Reading(reply, store => new PreviewCommand(store, surroundings.Host, options, reply, clock).Run(words)),
            "report" => Reading(reply, store => new ReportCommand(store, options, reply, clock).Run(words)),
            "why" => Anyway(store => new WhyCommand(surroundings, store, options, reply, clock).Run(words)),
            "flush" => Ordering(reply, store => Orders(store, reply).Flush()),
            "drop" => Ordering(reply, store => Orders(store, reply).Drop(Id(words))),
            "retry-failed" => Ordering(reply, store => Orders(store, reply).RetryFailed()),
            _ => throw new InvalidOperationException($"'{words.Name}' has a form and no meaning"),
        };
    }

    private OrderCommands Orders(Store store, Reply reply) => new(store, surroundings.Bell, reply);

    private int Reading(Reply reply, Func<Store, int> work) => WithStore(reply, mayWrite: false, work);

    private int Ordering(Reply reply, Func<Store, int> work) => WithStore(reply, mayWrite: true, work);

    // Asked also before anything was recorded.
    private int Anyway(Func<Store, int> work)
    {
        using var store = Open(mayWrite: false) ?? Store.Empty(clock);
        return work(store);
    }

    // To a program a store that is not there yet is an empty one: the answer keeps its form.
    private int WithStore(Reply reply, bool mayWrite, Func<Store, int> work)
    {
        var found = Open(mayWrite);
        if (found is null && !reply.IsJson)
        {
            reply.Say("nothing was recorded yet");
            return ExitCode.Done;
        }

        using var store = found ?? Store.Empty(clock);
        return work(store);
    }

    private Store? Open(bool mayWrite) => Store.OpenBeside(Path.Combine(surroundings.Store, "alerts.db"), clock, mayWrite);

    private static long Id(CommandWords words) =>
        long.TryParse(words.Operands[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw words.Wrong($"'{Clean.Text(words.Operands[0], 40)}' is not the number of a mail, as superserver alert queue shows them");
}
