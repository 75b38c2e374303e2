namespace SuperServer.Handlers.Mailer;

/// <summary>When the mailer will write its next mail, as far as the store tells: read beside it, and nothing is moved.</summary>
internal sealed class Forecast
{
    private readonly Store _store;
    private readonly TimeProvider _clock;
    private readonly Timeline _timeline;
    private readonly MailLimits _limits;
    private readonly Dictionary<StreamClass, AlertStream> _streams;

    public Forecast(Store store, MailerOptions options, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        _timeline = new Timeline(clock);
        _limits = new MailLimits(store, options, _timeline);
        _streams = new()
        {
            [StreamClass.Inside] = new AlertStream(StreamClass.Inside, options.InsidePace, _timeline, store.StreamOf(StreamId.Inside)),
            [StreamClass.Outside] = new AlertStream(StreamClass.Outside, options.Pace, _timeline, store.StreamOf(StreamId.Outside)),
        };
    }

    /// <summary>The class whose events wait and are due first; null when none wait.</summary>
    public StreamClass? Next => _streams.Keys.Where(_store.HasPendingOf).OrderBy(DueOf).Select(one => (StreamClass?)one).FirstOrDefault();

    /// <summary>When what waits is told, if nothing urgent comes; null when nothing waits.</summary>
    public DateTimeOffset? NextMail => Next is { } streamClass ? DueOf(streamClass) : null;

    /// <summary>Since when the mail limits hold back what waits; null when they do not.</summary>
    public DateTimeOffset? HeldBackSince => _streams.Values.Where(stream => _store.HasPendingOf(stream.Class)).Select(stream => stream.State.HeldSince).Min();

    /// <summary>From the next mail of this class to the one after it.</summary>
    public TimeSpan GapAfter(StreamClass streamClass) => _streams[streamClass].AfterMail().Due - _timeline.Now;

    public AlertStream Stream(StreamClass streamClass) => _streams[streamClass];

    /// <summary>When the events of this class that wait are told: at their time, and not before the mail limits allow it.</summary>
    public DateTimeOffset DueOf(StreamClass streamClass)
    {
        var stream = _streams[streamClass];
        var wait = stream.State.Phase == Phase.Quiet ? TimeSpan.Zero : stream.UntilDue;
        return Later(wait, streamClass);
    }

    /// <summary>When a touch of this class that comes now would be told; <paramref name="isNews"/>: it does not wait for the gap.</summary>
    public DateTimeOffset DueOfTouch(StreamClass streamClass, bool isNews)
    {
        var stream = _streams[streamClass];
        stream.Rest();
        stream.Touched();
        if (isNews)
        {
            stream.BreakThrough();
        }

        return Later(stream.UntilDue, streamClass);
    }

    /// <summary>Until the mail limits allow a mail of this class; zero: they do.</summary>
    public TimeSpan LimitedFor(StreamClass streamClass) => _limits.WaitFor(streamClass);

    private DateTimeOffset Later(TimeSpan wait, StreamClass streamClass)
    {
        var limited = _limits.WaitFor(streamClass);
        var longer = wait > limited ? wait : limited;
        return _clock.GetUtcNow() + (longer > TimeSpan.Zero ? longer : TimeSpan.Zero);
    }
}
