namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The loop of the mailer, on one thread that owns the store: take in, tell the collectors of records, compose what is due, send, tidy,
/// wait. Its order is the policy: what was recorded is safe in the store before anything is said about it.
/// </summary>
internal sealed class PostOffice(
    Intake intake, Visitors visitors, Store store, Shortage shortage, Composer composer, Outgoing outgoing, RecordDesk records,
    NameDesk names, Doorbell bell, Orders orders, MailerOptions options, TimeProvider clock)
{
    /// <summary>So many waiting mails make us write no more of them: what comes later is one digest when mail works again.</summary>
    public const int MostWaiting = 8;

    private const int NamesAskedAhead = 20;
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);

    // With a bell that everybody rings, looking without a ring is for one that was lost.
    private static readonly TimeSpan _idleLook = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _betweenTidyings = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _betweenCleanings = TimeSpan.FromHours(1);
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan _lastAttempt = TimeSpan.FromSeconds(30);

    private readonly Rhythm _tidying = new(_betweenTidyings, clock);
    private readonly Rhythm _cleaning = new(_betweenCleanings, clock);
    private long _lastWork = clock.GetTimestamp();
    private bool _isLean;

    /// <summary>Runs until nothing is left to do or somebody wants us to end; the exit code.</summary>
    public int Run()
    {
        store.RetryMisconfigured();
        while (true)
        {
            try
            {
                if (Turn() is { } code)
                {
                    return code;
                }
            }
            catch (Exception error) when (Store.IsFull(error))
            {
                MakeRoom();
            }
        }
    }

    private bool IsIdle => !HasWork && clock.GetElapsedTime(_lastWork) >= options.Linger;

    /// <summary>Somebody expects a sign of life: the one who gives it has to live.</summary>
    private bool IsResident => options.SelfCheck != SelfCheck.Never;

    private bool MayCompose => store.Undelivered < MostWaiting;

    private bool HasWork => store.HasPending || store.Waiting > 0 || records.HasWork;

    private int? Turn()
    {
        visitors.Refresh();
        var round = TakeIn();
        if (orders.MustStop)
        {
            return Stop();
        }

        if (orders.IsOrphan)
        {
            return FinishUp();
        }

        var moreToTell = !shortage.IsOn && records.Turn();
        ComposeIfDue();
        outgoing.Turn();
        Tidy();
        if (IsIdle && !IsResident)
        {
            return ExitCode.Done;
        }

        bell.Wait(round.More || moreToTell ? TimeSpan.Zero : NextLook());
        return null;
    }

    private Intake.Round TakeIn()
    {
        var round = intake.TakeIn(shortage.Portion);
        if (!round.Taken.IsNothing)
        {
            composer.Took(round.Taken);
            names.Prepare(store.NewestSources(NamesAskedAhead));
        }

        if (shortage.Portion == Portion.Little)
        {
            shortage.Used();
            composer.BreakThrough();
        }

        names.KeepAnswers();
        if (!round.Taken.IsNothing || HasWork)
        {
            _lastWork = clock.GetTimestamp();
            _isLean = false;
        }

        return round;
    }

    private void ComposeIfDue()
    {
        if (MayCompose && composer.Due() is { } due)
        {
            composer.Compose(due, NameDesk.Patience, () => orders.MustStop);
        }
    }

    private void Tidy()
    {
        shortage.Look();
        if (_tidying.IsDue() && !shortage.IsOn)
        {
            intake.Tidy(clock.GetUtcNow());
        }

        if (_cleaning.IsDue())
        {
            store.ForgetOld(options.Retain);
        }

        if (IsIdle && !_isLean)
        {
            store.Shrink();
            Leanness.GiveBack();
            _isLean = true;
        }
    }

    private TimeSpan NextLook()
    {
        var look = bell.IsComplete && !shortage.IsOn && _isLean ? _idleLook : _look;
        var next = MayCompose && composer.UntilDue < look ? composer.UntilDue : look;
        var retry = outgoing.IsUnderWay ? look : (store.NextTry - clock.GetUtcNow()) ?? look;
        return new[] { look, next, retry }.Min();
    }

    // The disk is full: one mail more with the ballast's room, or nothing at all until somebody makes some.
    private void MakeRoom()
    {
        try
        {
            if (shortage.Begin())
            {
                return;
            }
        }
        catch (Exception error) when (Store.IsFull(error))
        {
        }

        bell.Wait(_look);
    }

    private int Stop()
    {
        if (!shortage.IsOn)
        {
            records.Turn();
        }

        records.Finish(_grace);
        outgoing.Finish(_grace);
        return HasWork || IsResident ? ExitCode.StillWaiting : ExitCode.Done;
    }

    /// <summary>The daemon has gone, and with it whoever would start us again: what waits goes out now, if it can.</summary>
    private int FinishUp()
    {
        if (composer.Last() is { } last)
        {
            composer.Compose(last, TimeSpan.Zero, () => true);
        }

        while (records.Turn(hurry: true))
        {
        }

        store.RetryAll();
        var start = clock.GetTimestamp();
        do
        {
            outgoing.Turn();
            records.Turn(hurry: true);
            bell.Wait(_look);
        }
        while ((store.DueNow || records.IsSending) && !orders.MustStop && clock.GetElapsedTime(start) < _lastAttempt);
        records.Finish(_grace);
        outgoing.Finish(_grace);
        return HasWork ? ExitCode.StillWaiting : ExitCode.Done;
    }
}
