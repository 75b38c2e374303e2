using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The time in which the store's disk is full. What is recorded stays in the journals, or is counted in the overflow files; with the
/// room of the ballast one more mail says so. It ends when there is room again, for the ballast too.
/// </summary>
internal sealed class Shortage(Ballast ballast, Store store, TimeProvider clock)
{
    private readonly Rhythm _look = new(TimeSpan.FromSeconds(10), clock);
    private readonly Rhythm _complaint = new(TimeSpan.FromHours(1), clock);
    private bool _isFirst;

    public bool IsOn { get; private set; }

    /// <summary>What may be taken in now.</summary>
    public Portion Portion => (IsOn, _isFirst) switch
    {
        (false, _) => Portion.All,
        (_, true) => Portion.Little,
        _ => Portion.CountersOnly,
    };

    /// <summary>SQLite found no room. True when some could be made, and a mail is to be written with it.</summary>
    public bool Begin()
    {
        if (_complaint.IsDue())
        {
            Log.Say("error: the disk of the alert store is full; what is recorded stays in the spool until there is room");
        }

        IsOn = true;
        _isFirst = ballast.Free();
        if (_isFirst)
        {
            store.NoteOnce(string.Create(
                CultureInfo.InvariantCulture,
                $"The disk of the alert store was full at {clock.GetUtcNow().UtcDateTime:yyyy-MM-dd HH:mm} UTC. "
                + $"Until there is room, connections are kept in the spool or only counted, and no mail can describe them."));
        }

        return _isFirst;
    }

    /// <summary>One batch was taken in with the room that was made.</summary>
    public void Used() => _isFirst = false;

    /// <summary>Looks whether there is room again; at the start, too, for a new store has no ballast yet.</summary>
    public void Look()
    {
        if (_look.IsDue() && (ballast.Lay() || ballast.HasRoomWithout) && IsOn && !_isFirst)
        {
            IsOn = false;
            Log.Say("the disk of the alert store has room again");
        }
    }
}
