using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>Decides, by the stream's state, when what waits becomes a mail, and makes it one.</summary>
internal sealed class Composer
{
    private readonly Store _store;
    private readonly NameDesk _names;
    private readonly LetterWriter _writer;
    private readonly Coalescing _coalescing;
    private readonly Timeline _timeline;
    private readonly TimeProvider _clock;
    private StreamState _state;

    public Composer(Store store, NameDesk names, LetterWriter writer, Pace pace, TimeProvider clock)
    {
        _store = store;
        _names = names;
        _writer = writer;
        _clock = clock;
        _coalescing = new Coalescing(pace);
        _timeline = new Timeline(clock);
        _state = store.Stream is { } saved ? _timeline.Restore(saved, pace) : StreamState.AtRest;
        CatchUp();
    }

    public bool IsDue
    {
        get
        {
            if (!_store.HasPending)
            {
                _state = _coalescing.Rested(_state, _timeline.Now);
                return false;
            }

            return Coalescing.IsDue(_state, _timeline.Now);
        }
    }

    public TimeSpan UntilDue => _store.HasPending ? Positive(_state.Due - _timeline.Now) : TimeSpan.MaxValue;

    /// <summary>New touches are in the store.</summary>
    public void Touched() => Keep(_coalescing.Touched(_state, _timeline.Now));

    /// <summary>Makes a mail of everything that waits.</summary>
    public void Compose(TimeSpan patience, Func<bool> hurry)
    {
        var summary = _store.Pending();
        var names = _names.Find([.. summary.Busiest.Select(line => line.Address).OfType<IPAddress>()], patience, hurry);
        var kind = _state.Phase == Phase.Holding ? MailKind.Digest : MailKind.First;
        var next = _coalescing.Mailed(_state, _timeline.Now);
        var now = _clock.GetUtcNow();
        var moment = new Moment(now, now + (next.Due - _timeline.Now), _clock.LocalTimeZone, LetterWriter.NewToken());
        _store.Compose(_writer.Write(kind, summary, names, moment), _timeline.Save(next));
        _state = next;
    }

    // A crash between taking in and keeping the state: the events are there, the stream does not know it yet.
    private void CatchUp()
    {
        if (_store.HasPending)
        {
            Touched();
        }
        else
        {
            _state = _coalescing.Rested(_state, _timeline.Now);
        }
    }

    private void Keep(StreamState state)
    {
        _store.KeepStream(_timeline.Save(state));
        _state = state;
    }

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
