namespace SuperServer.Hosting;

/// <summary>What the dispatcher does when a time has come, and not because something is ready.</summary>
internal enum Errand
{
    /// <summary>An entrance has rested: try it again.</summary>
    Wake,

    /// <summary>A service that could take nobody may have room now.</summary>
    Reconsider,

    /// <summary>A connection has lived as long as it may.</summary>
    Overtime,

    /// <summary>A child was told to end and has had its time.</summary>
    Kill,

    /// <summary>A worker of a pool has had nothing to do.</summary>
    Idle,

    /// <summary>A worker of a pool has been behind with its messages for too long.</summary>
    Behind,

    /// <summary>Somebody who was turned away with a few words has had time to read them.</summary>
    Farewell,

    /// <summary>Somebody has been in a vestibule for longer than anybody may, and nobody has said so.</summary>
    Visit,

    /// <summary>A service is full, and some of its clients do not get on in the vestibule.</summary>
    MakeWay,

    /// <summary>A process of a vestibule has not kept its time.</summary>
    Silent,

    /// <summary>The service manager wants a sign of life.</summary>
    Watchdog,

    /// <summary>Somebody has waited long enough for his name to be found.</summary>
    Names,

    /// <summary>The bars have changed and are to be written down.</summary>
    SaveBars,

    /// <summary>A tripwire has missed visitors, and that is to be recorded.</summary>
    Shed,

    /// <summary>The administrator's order to begin anew waits for what cannot be carried over.</summary>
    Upgrade,
}

/// <summary>
/// Errands in the order of their times, on whatever clock the caller has. There is at most one of each kind for a number: setting
/// it again moves it.
/// </summary>
internal sealed class Agenda
{
    private readonly SortedSet<(TimeSpan Time, Errand Errand, long Number)> _entries = [];
    private readonly Dictionary<(Errand Errand, long Number), TimeSpan> _times = [];

    /// <summary>When the next one is due; null when there is none.</summary>
    public TimeSpan? Next => _entries.Count > 0 ? _entries.Min.Time : null;

    public int Count => _entries.Count;

    /// <summary>When it is due; null when it is not set.</summary>
    public TimeSpan? When(Errand errand, long number) => _times.TryGetValue((errand, number), out var time) ? time : null;

    public void Set(Errand errand, long number, TimeSpan time)
    {
        Cancel(errand, number);
        _times.Add((errand, number), time);
        _entries.Add((time, errand, number));
    }

    public void Cancel(Errand errand, long number)
    {
        if (_times.Remove((errand, number), out var time))
        {
            _entries.Remove((time, errand, number));
        }
    }

    /// <summary>Takes the first errand whose time has come; false when there is none.</summary>
    public bool TryTake(TimeSpan now, out Errand errand, out long number)
    {
        if (Next is not { } next || next > now)
        {
            (errand, number) = (default, 0);
            return false;
        }

        (_, errand, number) = _entries.Min;
        Cancel(errand, number);
        return true;
    }
}
