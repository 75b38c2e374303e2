namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The loop of the mailer, on one thread that owns the store: take in, compose what is due, send, tidy, wait. Its order is the
/// policy: what was recorded is safe in the store before anything is said about it.
/// </summary>
internal sealed class PostOffice(
    Intake intake, Store store, Composer composer, Outgoing outgoing, SinkDesk sinks, NameDesk names, Doorbell bell, Orders orders, MailerOptions options,
    TimeProvider clock)
{
    // How many waiting mails make us write no more of them: what comes later is one digest when mail works again.
    private const int MostWaiting = 8;
    private const int NamesAskedAhead = 20;
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _betweenTidyings = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _betweenCleanings = TimeSpan.FromHours(1);
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan _lastAttempt = TimeSpan.FromSeconds(30);

    private readonly Rhythm _tidying = new(_betweenTidyings, clock);
    private readonly Rhythm _cleaning = new(_betweenCleanings, clock);
    private long _lastWork = clock.GetTimestamp();

    /// <summary>Runs until nothing is left to do or somebody wants us to end; the exit code.</summary>
    public int Run()
    {
        store.RetryMisconfigured();
        while (true)
        {
            var round = TakeIn();
            if (orders.MustStop)
            {
                return Stop();
            }

            if (orders.IsOrphan)
            {
                return FinishUp();
            }

            ComposeIfDue();
            outgoing.Turn();
            sinks.Turn();
            Tidy();
            if (IsIdle)
            {
                return ExitCode.Done;
            }

            bell.Wait(round.More ? TimeSpan.Zero : NextLook());
        }
    }

    private bool IsIdle => !HasWork && clock.GetElapsedTime(_lastWork) >= options.Linger;

    private bool MayCompose => store.Waiting < MostWaiting;

    private bool HasWork => store.HasPending || store.Waiting > 0 || sinks.HasWork;

    private Intake.Round TakeIn()
    {
        var round = intake.TakeIn();
        if (round.Touches > 0)
        {
            composer.Touched();
            names.Prepare(store.NewestSources(NamesAskedAhead));
        }

        names.KeepAnswers();
        if (round.Touches > 0 || HasWork)
        {
            _lastWork = clock.GetTimestamp();
        }

        return round;
    }

    private void ComposeIfDue()
    {
        if (composer.IsDue && MayCompose)
        {
            composer.Compose(NameDesk.Patience, () => orders.MustStop);
        }
    }

    private void Tidy()
    {
        if (_tidying.IsDue())
        {
            intake.Tidy(clock.GetUtcNow());
        }

        if (_cleaning.IsDue())
        {
            store.ForgetOld();
        }
    }

    private TimeSpan NextLook()
    {
        var next = MayCompose && composer.UntilDue < _look ? composer.UntilDue : _look;
        var retry = outgoing.IsUnderWay ? _look : (store.NextTry - clock.GetUtcNow()) ?? _look;
        var sink = (sinks.NextTry - clock.GetUtcNow()) ?? _look;
        return new[] { next, retry, sink }.Min();
    }

    private int Stop()
    {
        outgoing.Finish(_grace);
        return HasWork ? ExitCode.StillWaiting : ExitCode.Done;
    }

    /// <summary>The daemon has gone, and with it whoever would start us again: what waits goes out now, if it can.</summary>
    private int FinishUp()
    {
        if (store.HasPending)
        {
            composer.Compose(TimeSpan.Zero, () => true);
        }

        store.RetryAll();
        var start = clock.GetTimestamp();
        do
        {
            outgoing.Turn();
            bell.Wait(_look);
        }
        while (store.DueNow && !orders.MustStop && clock.GetElapsedTime(start) < _lastAttempt);
        return Stop();
    }
}
