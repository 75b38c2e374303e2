namespace SuperServer.Handlers;

/// <summary>Lets one complaint a minute through and counts the others, so that strangers cannot fill the log by what goes wrong with them.</summary>
internal sealed class FloodGate(TimeProvider clock)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    private long? _spoke;
    private int _swallowed;

    /// <summary>Whether this one may be said, and how many were not since the last one.</summary>
    public bool MaySpeak(out int swallowed)
    {
        if (_spoke is { } last && clock.GetElapsedTime(last) < _pause)
        {
            swallowed = 0;
            _swallowed++;
            return false;
        }

        _spoke = clock.GetTimestamp();
        (swallowed, _swallowed) = (_swallowed, 0);
        return true;
    }
}
