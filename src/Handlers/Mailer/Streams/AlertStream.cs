namespace SuperServer.Handlers.Mailer;

/// <summary>One class of visitors with its rhythm: the state, and what makes it hurry.</summary>
internal sealed class AlertStream
{
    private readonly Coalescing _coalescing;
    private readonly Timeline _timeline;
    private readonly SurgeMeter _meter;

    public AlertStream(StreamClass streamClass, Pace pace, Timeline timeline, SavedStream? saved)
    {
        Class = streamClass;
        _coalescing = new Coalescing(pace);
        _timeline = timeline;
        _meter = new SurgeMeter(timeline);
        State = saved is null ? StreamState.AtRest : timeline.Restore(saved, pace);
    }

    public StreamClass Class { get; }

    public StreamState State { get; private set; }

    public bool IsSurging { get; private set; }

    public bool IsDue => Coalescing.IsDue(State, _timeline.Now);

    public TimeSpan UntilDue => State.Due - _timeline.Now;

    public MailKind Kind => (State.Phase, IsSurging) switch
    {
        (Phase.Holding, true) => MailKind.Surge,
        (Phase.Holding, _) => MailKind.Digest,
        _ => MailKind.First,
    };

    public SavedStream Saved => SavedAs(State);

    public void Touched() => State = _coalescing.Touched(State, _timeline.Now);

    public void BreakThrough() => State = _coalescing.BrokeThrough(State, _timeline.Now);

    public void Rest() => State = _coalescing.Rested(State, _timeline.Now);

    /// <summary>Counts for the meter; a surge hurries, if one may be told now.</summary>
    public void Count(DateTimeOffset at, long touches, DateTimeOffset now) => _meter.Count(at, touches, now);

    public void Watch(bool maySurge)
    {
        if (State.Phase == Phase.Holding && maySurge && _meter.IsSurge)
        {
            IsSurging = true;
            BreakThrough();
        }
    }

    public void HoldBack(TimeSpan wait, DateTimeOffset wall) => State = Coalescing.HeldBack(State, _timeline.Now + wait, wall);

    /// <summary>As it will stand when the mail that is being written is in the store.</summary>
    public StreamState AfterMail() => _coalescing.Mailed(State, _timeline.Now);

    public SavedStream SavedAs(StreamState state) =>
        _timeline.Save(state) with { Id = Class == StreamClass.Inside ? StreamId.Inside : StreamId.Outside };

    public void Mailed(StreamState state)
    {
        State = state;
        IsSurging = false;
        _meter.Mailed();
    }
}
