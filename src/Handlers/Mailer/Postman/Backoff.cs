namespace SuperServer.Handlers.Mailer;

/// <summary>How long a mail waits after a failed attempt.</summary>
internal static class Backoff
{
    private static readonly TimeSpan[] _waits =
    [
        TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30),
    ];

    /// <summary>The server may have it already: asking again soon would make two.</summary>
    private static readonly TimeSpan _ambiguousWait = TimeSpan.FromMinutes(5);

    /// <summary>A full mailbox is not emptied within minutes.</summary>
    private static readonly TimeSpan _longWait = TimeSpan.FromHours(1);

    /// <summary>Nothing changes before somebody changes it; a restart of the mailer tries at once.</summary>
    private static readonly TimeSpan _settingsWait = TimeSpan.FromMinutes(15);

    // Whoever asks for more is asked again all the same: an alarm is in a hurry.
    private static readonly TimeSpan _mostPatience = TimeSpan.FromHours(1);

    /// <summary>At least as long as the other side asks for, within reason.</summary>
    public static TimeSpan After(Failure failure, int attempts, double chance)
    {
        var own = After(failure.Class, attempts, chance);
        return failure.RetryAfter is not { } wish || wish <= own ? own : wish < _mostPatience ? wish : _mostPatience > own ? _mostPatience : own;
    }

    /// <param name="failure">What kind of failure.</param>
    /// <param name="attempts">How many came before it.</param>
    /// <param name="chance">0 to 1, so that many hosts do not come back to a server in step.</param>
    public static TimeSpan After(FailureClass failure, int attempts, double chance)
    {
        var usual = _waits[Math.Min(attempts, _waits.Length - 1)];
        var wait = failure switch
        {
            FailureClass.Configuration => _settingsWait,
            FailureClass.TransientLong => _longWait,
            _ => usual,
        };
        var jittered = wait * (0.8 + (0.4 * chance));
        return failure == FailureClass.Ambiguous && jittered < _ambiguousWait ? _ambiguousWait : jittered;
    }
}
