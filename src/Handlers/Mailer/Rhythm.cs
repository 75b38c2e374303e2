namespace SuperServer.Handlers.Mailer;

/// <summary>Says once in a while that it is time again; the first time at once.</summary>
internal sealed class Rhythm(TimeSpan pause, TimeProvider clock)
{
    private long? _last;

    public bool IsDue()
    {
        if (_last is { } last && clock.GetElapsedTime(last) < pause)
        {
            return false;
        }

        _last = clock.GetTimestamp();
        return true;
    }
}
