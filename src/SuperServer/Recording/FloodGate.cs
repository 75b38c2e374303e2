namespace SuperServer.Recording;

/// <summary>
/// Lets a few lines through and counts the rest, so that strangers cannot fill the log. Lines of one window belong together:
/// the first ones are written, the others become one sentence when the window closes.
/// </summary>
internal sealed class FloodGate(TimeProvider clock, int burst, TimeSpan window)
{
    private long _opened;
    private int _spoken;
    private int _swallowed;

    public bool IsSwallowing => _swallowed > 0;

    /// <summary>Whether this line may be written. If not, it has been counted.</summary>
    public bool MaySpeak()
    {
        if (_spoken == 0 || (!IsSwallowing && IsOver))
        {
            _opened = clock.GetTimestamp();
            _spoken = 0;
        }

        if (_spoken >= burst)
        {
            _swallowed++;
            return false;
        }

        _spoken++;
        return true;
    }

    /// <summary>How many lines were swallowed, once their window is over; asking clears the count. 0 otherwise.</summary>
    public int Settle()
    {
        if (!IsSwallowing || !IsOver)
        {
            return 0;
        }

        var swallowed = _swallowed;
        (_spoken, _swallowed) = (0, 0);
        return swallowed;
    }

    private bool IsOver => clock.GetElapsedTime(_opened) >= window;
}
