using System.Globalization;
using SuperServer.Configuration;
using SuperServer.Interop;
using SuperServer.Reaping;

namespace SuperServer.Commands.Try;

/// <summary>Says how a handler ended and what it took, in words, and makes an exit code of it.</summary>
internal static class Verdict
{
    private const int KilledBySignal = 128;
    private const double MebiByte = 1 << 20;

    private static readonly Dictionary<int, string> _exitCodes = new()
    {
        [1] = "a failure of its own",
        [64] = "EX_USAGE: it was called in a way that cannot work",
        [65] = "EX_DATAERR: what the client sent makes no sense",
        [69] = "EX_UNAVAILABLE: something that it needs is not there",
        [70] = "EX_SOFTWARE: a mistake in the handler",
        [71] = "EX_OSERR: the system refused something",
        [73] = "EX_CANTCREAT: it could not write a file",
        [74] = "EX_IOERR: reading or writing failed",
        [75] = "EX_TEMPFAIL: later it may work",
        [77] = "EX_NOPERM: the daemon would bar the client, if the service has a 'penalty'",
        [78] = "EX_CONFIG: the service's options are wrong",
        [126] = "as a shell says that a program may not be executed",
        [127] = "as a shell says that there is no such program",
    };

    private static readonly Dictionary<int, string> _signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [4] = "SIGILL: it crashed",
        [6] = "SIGABRT: it gave up",
        [7] = "SIGBUS: it crashed",
        [8] = "SIGFPE: it crashed",
        [9] = "SIGKILL",
        [11] = "SIGSEGV: it crashed",
        [13] = "SIGPIPE: it wrote to a client that had gone",
        [14] = "SIGALRM: its own alarm clock",
        [15] = "SIGTERM",
        [31] = "SIGSYS: a system call that it may not make",
    };

    /// <summary>Prints the line, and returns what superserver is to exit with.</summary>
    public static int Tell(Rehearsing handler, Conversation conversation, TextWriter error)
    {
        var (name, used) = (handler.Service.Name, conversation.Ending);
        error.WriteLine($"superserver: {name} {How(used.Ending, conversation.WasDismissed)} after {Seconds(used.Ending.Age)} s: "
            + string.Create(CultureInfo.InvariantCulture,
                $"user {Milliseconds(used.User)} ms, system {Milliseconds(used.System)} ms, {Memory(used)}; ")
            + $"{conversation.Sent} bytes sent, {conversation.Received} received");
        if (handler.Service.Mode == ServiceMode.Pool)
        {
            error.WriteLine(conversation.Done is { } code
                ? $"superserver: the worker said \"done\" with exit code {Meaning(code)}"
                : "superserver: the worker never said \"done ID\": the daemon would go on counting the connection until the worker ends");
        }

        return conversation.Done is > 0 and var done ? done
            : used.Ending.Signal is { } signal ? (signal == Libc.SIGTERM && conversation.WasDismissed ? 0 : KilledBySignal + signal)
            : used.Ending.ExitCode ?? 0;
    }

    /// <summary>"ended with exit code 75 (EX_TEMPFAIL: later it may work)".</summary>
    public static string How(in Ending ending, bool wasDismissed) => ending switch
    {
        { Signal: Libc.SIGTERM } when wasDismissed => "was told to end when its client had gone, and did",
        { Signal: { } signal } => $"was ended by signal {signal}{InBrackets(_signals, signal)}",
        { ExitCode: 0 } => "ended well (exit code 0)",
        { ExitCode: { } code } => $"ended with exit code {Meaning(code)}",
        _ => "has ended, nobody knows how",
    };

    private static string Meaning(int code) => $"{code}{InBrackets(_exitCodes, code)}";

    private static string InBrackets(Dictionary<int, string> words, int number) =>
        words.TryGetValue(number, out var word) ? $" ({word})" : "";

    /// <summary>"12.5 MiB at most", or that it was less than ours.</summary>
    public static string Memory(Resources used) => used.Memory > used.OurMemory
        ? string.Create(CultureInfo.InvariantCulture, $"{used.Memory / MebiByte:F1} MiB at most")
        : string.Create(CultureInfo.InvariantCulture, $"less than {used.OurMemory / MebiByte:F1} MiB");

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
