using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Decides when an event becomes a line for the collectors of records: when its name and its end are known, or when it has waited
/// long enough for both. A line that is written is not changed; an end that comes later is a line of its own.
/// </summary>
internal sealed class Chronicler(Store store, NameDesk names, TimeProvider clock)
{
    /// <summary>A tripwire's process lives for five seconds at most, and a lookup no longer either.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private const int MostAtOnce = 500;
    private const int NamesAskedAtOnce = 50;

    /// <summary>Writes the lines that may be written; true when it did not come to the end of them.</summary>
    /// <param name="hurry">Nothing is waited for any more.</param>
    public bool Turn(bool hurry = false)
    {
        if (!store.HasFeeds)
        {
            return false;
        }

        var waiting = store.Unchronicled(MostAtOnce);
        names.Prepare(waiting.Select(one => one.Source).OfType<IPAddress>().Distinct().Take(NamesAskedAtOnce));
        var ripe = waiting.TakeWhile(one => hurry || IsRipe(one)).ToList();
        if (ripe.Count > 0)
        {
            store.Chronicle(ripe, NameOf);
        }

        return ripe.Count == MostAtOnce;
    }

    // A clock that was set back is no reason to wait.
    private bool IsRipe(RecordedEvent one)
    {
        var age = clock.GetUtcNow() - one.TakenAt;
        var isComplete = (one.End is not null || one.Action == "tarpit") && (one.Source is null || names.Known(one.Source) is not null);
        return isComplete || age >= Patience || age < TimeSpan.Zero;
    }

    private Finding NameOf(RecordedEvent one) => one.Source is null ? Finding.NotAsked : names.Known(one.Source) ?? Finding.TimedOut;
}
