namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Hands what is recorded, line by line, to those who collect records: beside the mails, and whatever becomes of those. Each feed has
/// a position in the store that moves when it has the lines for good, so that a crash repeats some and skips none.
/// </summary>
internal sealed class RecordDesk(Store store, Chronicler chronicler, IReadOnlyList<Feed> feeds, Collector? collector, FeedTroubles troubles)
{
    private const int MostAtOnce = 500;

    public bool HasWork => store.HasUntoldRecords;

    /// <summary>A batch is on its way to a collector, or may go.</summary>
    public bool IsSending => collector?.IsBusy ?? false;

    /// <summary>Brings everybody up to date; true when there is more to do at once.</summary>
    /// <param name="hurry">Names and ends are not waited for any more.</param>
    public bool Turn(bool hurry = false)
    {
        var more = chronicler.Turn(hurry);
        foreach (var feed in feeds)
        {
            more |= Serve(feed);
        }

        collector?.Turn();
        return more;
    }

    /// <summary>What is on its way may arrive if it does so soon.</summary>
    public void Finish(TimeSpan grace) => collector?.Finish(grace);

    private bool Serve(Feed feed)
    {
        var lines = store.LinesFor(feed.Name, MostAtOnce);
        if (lines.Count == 0)
        {
            return false;
        }

        try
        {
            var taken = feed.Take(lines);
            if (taken > 0)
            {
                store.Passed(feed.Name, lines[taken - 1].Number);
                troubles.Over(feed.Name);
            }

            return taken == MostAtOnce;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            troubles.Tell(feed.Name, error.Message);
            return false;
        }
    }
}
