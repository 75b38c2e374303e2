using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>A mail that may be written now: in whose rhythm, and why.</summary>
internal readonly record struct DueMail(StreamClass Class, MailKind Kind);

/// <summary>
/// Decides, by the rhythms of the streams and the mail limits, when what waits becomes a mail, and makes it one. Whichever stream is
/// due, the mail tells everything that waits: the numbers of the mails follow one another without a gap.
/// </summary>
internal sealed class Composer
{
    private readonly Store _store;
    private readonly NameDesk _names;
    private readonly LetterWriter _writer;
    private readonly MailerOptions _options;
    private readonly TimeProvider _clock;
    private readonly Timeline _timeline;
    private readonly MailLimits _limits;
    private readonly SelfCheckTimer _selfCheck;

    // Inside comes first: when both are due, the mail is an urgent one.
    private readonly AlertStream[] _streams;

    public Composer(Store store, NameDesk names, LetterWriter writer, MailerOptions options, TimeProvider clock)
    {
        _store = store;
        _names = names;
        _writer = writer;
        _options = options;
        _clock = clock;
        _timeline = new Timeline(clock);
        _limits = new MailLimits(store, options, _timeline);
        _selfCheck = new SelfCheckTimer(options.SelfCheck, _timeline, store.StreamOf(StreamId.SelfCheck));
        _streams =
        [
            new AlertStream(StreamClass.Inside, options.InsidePace, _timeline, store.StreamOf(StreamId.Inside)),
            new AlertStream(StreamClass.Outside, options.Pace, _timeline, store.StreamOf(StreamId.Outside)),
        ];
        CatchUp();
    }

    /// <summary>Until a mail may be due; nothing that happens in the meantime is foreseen.</summary>
    public TimeSpan UntilDue => _streams.Where(IsWaiting).Select(stream => stream.UntilDue)
        .DefaultIfEmpty(_selfCheck.UntilDue)
        .Select(wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero).Min();

    /// <summary>New connections are in the store.</summary>
    public void Took(Taken taken)
    {
        var now = _clock.GetUtcNow();
        foreach (var stream in _streams)
        {
            var arrivals = taken.Arrivals.Where(arrival => arrival.Class == stream.Class).ToList();
            if (arrivals.Count == 0)
            {
                continue;
            }

            stream.Touched();
            if (arrivals.Any(arrival => arrival.IsNews))
            {
                stream.BreakThrough();
            }

            arrivals.ForEach(arrival => stream.Count(arrival.At, arrival.Connections, now));
            stream.Watch(_limits.MaySurge);
            _store.KeepStream(stream.Saved);
        }
    }

    /// <summary>Something other than a touch cannot wait for the gap.</summary>
    public void BreakThrough()
    {
        foreach (var stream in _streams)
        {
            stream.BreakThrough();
            _store.KeepStream(stream.Saved);
        }
    }

    /// <summary>The mail that may be written now; null when there is none.</summary>
    public DueMail? Due()
    {
        if (_store.IsFlushOrdered)
        {
            return Ordered();
        }

        foreach (var stream in _streams)
        {
            if (!IsWaiting(stream))
            {
                stream.Rest();
            }
            else if (stream.IsDue && IsAllowed(stream))
            {
                return new DueMail(stream.Class, stream.Kind);
            }
        }

        // While something waits a mail is coming anyway.
        return _selfCheck.IsDue && !_streams.Any(IsWaiting) && IsSelfCheckAllowed() ? new DueMail(StreamClass.Outside, MailKind.Quiet) : null;
    }

    /// <summary>What waits is to be told before its time, as far as the mail limits allow.</summary>
    public DueMail? Last()
    {
        var waiting = _streams.FirstOrDefault(IsWaiting);
        return waiting is not null && _limits.WaitFor(waiting.Class) == TimeSpan.Zero ? new DueMail(waiting.Class, waiting.Kind) : null;
    }

    /// <summary>Makes a mail of everything that waits.</summary>
    public void Compose(DueMail due, TimeSpan patience, Func<bool> hurry)
    {
        var summary = Summarize(due);
        var names = _names.Find([.. summary.Busiest.Select(line => line.Address).OfType<IPAddress>()], patience, hurry);
        var told = _streams.Where(stream => IsWaiting(stream) || (due.Kind != MailKind.Quiet && stream.Class == due.Class))
            .Select(stream => (Stream: stream, State: stream.AfterMail())).ToList();
        var next = told.Where(entry => entry.Stream.Class == due.Class).Select(entry => entry.State.Due - _timeline.Now)
            .FirstOrDefault(_selfCheck.Pause);
        var now = _clock.GetUtcNow();
        var moment = new Moment(now, now + next, _clock.LocalTimeZone, LetterWriter.NewToken());
        var tokens = Tokens(due);
        var check = _selfCheck.Again();
        _store.Tell(
            _writer.Write(due.Kind, summary, names, moment),
            [.. told.Select(entry => entry.Stream.SavedAs(entry.State)), check],
            tokens);
        told.ForEach(entry => entry.Stream.Mailed(entry.State));
        _limits.Spend(tokens);
        _selfCheck.Begin();
    }

    private Summary Summarize(DueMail due)
    {
        var summary = _store.Pending(_options.AttachCsv);
        return summary with
        {
            Class = due.Class,
            HeldBackSince = _streams.Where(IsWaiting).Select(stream => stream.State.HeldSince).Min(),
            Began = summary.Connections == 0 && summary.CountedOnly.Count == 0 ? _clock.GetUtcNow() - _selfCheck.Passed : summary.Began,
            Ended = summary.Connections == 0 && summary.CountedOnly.Count == 0 ? _clock.GetUtcNow() : summary.Ended,
        };
    }

    private static string[] Tokens(DueMail due) => due.Kind switch
    {
        MailKind.Quiet => [MailLimits.SelfCheck],
        MailKind.Surge => [StreamClasses.Name(due.Class), MailLimits.Surge],
        _ => [StreamClasses.Name(due.Class)],
    };

    private bool IsWaiting(AlertStream stream) => _store.HasPendingOf(stream.Class);

    // An order of the administrator is above the limits that he set, but what it sends counts.
    private DueMail? Ordered()
    {
        if (_streams.FirstOrDefault(IsWaiting) is { } stream)
        {
            return new DueMail(stream.Class, stream.Kind);
        }

        _store.FlushIsDone();
        return null;
    }

    private bool IsAllowed(AlertStream stream)
    {
        var wait = _limits.WaitFor(stream.Class);
        if (wait == TimeSpan.Zero)
        {
            return true;
        }

        stream.HoldBack(wait, _clock.GetUtcNow());
        _store.KeepStream(stream.Saved);
        return false;
    }

    private bool IsSelfCheckAllowed()
    {
        var wait = _limits.WaitForHost;
        if (wait > TimeSpan.Zero)
        {
            _selfCheck.HoldBack(wait);
        }

        return wait == TimeSpan.Zero;
    }

    // A crash between taking in and keeping the state: the events are there, the stream does not know it yet.
    private void CatchUp()
    {
        foreach (var stream in _streams)
        {
            if (IsWaiting(stream))
            {
                stream.Touched();
                _store.KeepStream(stream.Saved);
            }
            else
            {
                stream.Rest();
            }
        }

        _store.KeepStream(_selfCheck.Saved);
    }
}
