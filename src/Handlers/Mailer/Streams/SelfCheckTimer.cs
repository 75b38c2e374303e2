namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Time without any mail, after which a letter says that all is well: whoever hears nothing for longer knows that something is wrong.
/// A mail of any kind is such a sign, and begins the time anew.
/// </summary>
internal sealed class SelfCheckTimer
{
    private readonly Timeline _timeline;
    private TimeSpan _began;
    private TimeSpan _due;

    public SelfCheckTimer(SelfCheck selfCheck, Timeline timeline, SavedStream? saved)
    {
        Pause = selfCheck switch
        {
            SelfCheck.Daily => TimeSpan.FromDays(1),
            SelfCheck.Weekly => TimeSpan.FromDays(7),
            _ => Timeout.InfiniteTimeSpan,
        };
        _timeline = timeline;
        Begin();
        if (saved is not null && IsOn)
        {
            var restored = timeline.Restore(saved, new Pace(Pause, [Pause], Pause));
            (_began, _due) = (restored.LastTouch, restored.Due);
        }
    }

    public TimeSpan Pause { get; }

    public bool IsDue => IsOn && _timeline.Now >= _due;

    public TimeSpan UntilDue => IsOn ? _due - _timeline.Now : TimeSpan.MaxValue;

    /// <summary>Since the last mail, or the first start.</summary>
    public TimeSpan Passed => _timeline.Now - _began;

    public SavedStream Saved => SavedAs(_began, _due);

    private bool IsOn => Pause != Timeout.InfiniteTimeSpan;

    /// <summary>As it will stand after a mail that is sent now.</summary>
    public SavedStream Again() => SavedAs(_timeline.Now, _timeline.Now + Pause);

    public void Begin() => (_began, _due) = (_timeline.Now, _timeline.Now + Pause);

    public void HoldBack(TimeSpan wait) => _due = _timeline.Now + wait;

    private SavedStream SavedAs(TimeSpan began, TimeSpan due) =>
        _timeline.Save(new StreamState(Phase.Holding, 0, due, began)) with { Id = StreamId.SelfCheck };
}
