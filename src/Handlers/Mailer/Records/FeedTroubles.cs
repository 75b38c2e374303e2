namespace SuperServer.Handlers.Mailer;

/// <summary>What the log hears of feeds: when one stops working, hourly while it does not, and when it works again.</summary>
internal sealed class FeedTroubles(TimeProvider clock, Action<string> say)
{
    private static readonly TimeSpan _betweenReminders = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (DateTimeOffset Since, long LastSaid)> _troubles = new(StringComparer.Ordinal);

    public void Tell(string feed, string words)
    {
        var known = _troubles.TryGetValue(feed, out var trouble);
        if (!known || clock.GetElapsedTime(trouble.LastSaid) >= _betweenReminders)
        {
            _troubles[feed] = (known ? trouble.Since : clock.GetUtcNow(), clock.GetTimestamp());
            say($"error: {feed} does not take the records; they are kept and tried again: {words}");
        }
    }

    public void Over(string feed)
    {
        if (_troubles.Remove(feed, out var trouble))
        {
            say($"{feed} takes the records again; it did not since {trouble.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        }
    }
}
