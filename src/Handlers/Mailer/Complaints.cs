namespace SuperServer.Handlers.Mailer;

/// <summary>Lets the same complaint be heard once a minute, so that a lasting fault does not fill the log.</summary>
internal sealed class Complaints(TimeProvider clock)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);
    private const int MostRemembered = 100;

    private readonly Dictionary<string, long> _heard = new(StringComparer.Ordinal);

    public bool MaySay(string complaint)
    {
        if (_heard.TryGetValue(complaint, out var last) && clock.GetElapsedTime(last) < _pause)
        {
            return false;
        }

        if (_heard.Count >= MostRemembered)
        {
            _heard.Clear();
        }

        _heard[complaint] = clock.GetTimestamp();
        return true;
    }

    public void Say(string complaint)
    {
        if (MaySay(complaint))
        {
            Log.Say(complaint);
        }
    }
}
