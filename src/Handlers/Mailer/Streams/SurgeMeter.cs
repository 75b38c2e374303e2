namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Tells a surge from noise: very many touches within a minute, and many times more than was usual since the last mail. Touches
/// are counted by the second they happened in, so that a backlog that is read at once is not one.
/// </summary>
internal sealed class SurgeMeter(Timeline timeline)
{
    private const int Window = 60;
    private const long Least = 600;
    private const int TimesTheMean = 10;

    private readonly long[] _counts = new long[Window];
    private long _newest;
    private long _sinceMail;
    private TimeSpan _mailed = timeline.Now;

    /// <summary>The last minute is a surge.</summary>
    public bool IsSurge
    {
        get
        {
            var minutes = Math.Max(1, (timeline.Now - _mailed).TotalMinutes);
            var lately = _counts.Sum();
            return lately >= Least && lately >= TimesTheMean * (_sinceMail / minutes);
        }
    }

    /// <summary>So many touches at that time; a time that is still to come is a clock's mistake, and is now.</summary>
    public void Count(DateTimeOffset at, long touches, DateTimeOffset now)
    {
        _sinceMail += touches;
        if (_newest > now.ToUnixTimeSeconds() + Window)
        {
            Array.Clear(_counts);
            _newest = 0;
        }

        var second = Math.Min(at.ToUnixTimeSeconds(), now.ToUnixTimeSeconds());
        MoveOn(second);
        if (second > _newest - Window)
        {
            _counts[Place(second)] += touches;
        }
    }

    public void Mailed()
    {
        _sinceMail = 0;
        _mailed = timeline.Now;
        Array.Clear(_counts);
    }

    private void MoveOn(long second)
    {
        if (second - _newest >= Window)
        {
            Array.Clear(_counts);
            _newest = second;
        }

        while (_newest < second)
        {
            _counts[Place(++_newest)] = 0;
        }
    }

    private static int Place(long second) => (int)(((second % Window) + Window) % Window);
}
