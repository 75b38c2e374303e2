namespace SuperServer.Admitting;

/// <summary>A source that is barred, or was so lately that it is not forgotten. Moments of the monotonic clock.</summary>
/// <param name="Since">When it last offended; the bar is never longer than from here to <paramref name="Until"/>.</param>
/// <param name="Until">When it may come again.</param>
/// <param name="Strikes">How often it has offended, less what quiet days have made up for.</param>
/// <param name="By">The service that barred it.</param>
internal readonly record struct Bar(TimeSpan Since, TimeSpan Until, int Strikes, string By) : IComparable<Bar>
{
    /// <summary>After so many strikes a bar grows no more: 64 times the first one.</summary>
    public const int MostStrikes = 7;

    /// <summary>No configuration asks for a longer one.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>No bar grows beyond this, though one may be longer from the start.</summary>
    public static readonly TimeSpan LongestGrown = TimeSpan.FromDays(30);

    /// <summary>So long a quiet after a bar has ended makes up for one strike.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    /// <summary>What an offence earns: by the strikes so far and this one, and never less than a bar that still holds.</summary>
    public static Bar After(Bar? earlier, TimeSpan length, string by, TimeSpan now)
    {
        // Whoever offends while he is barred had come before: it is one visit, and counts once.
        var strikes = earlier is { } known && known.Holds(now)
            ? known.Strikes
            : Math.Min((earlier?.StrikesLeft(now) ?? 0) + 1, MostStrikes);
        var until = now + Grown(length, strikes);
        return earlier is { } longer && longer.Until >= until ? longer : new Bar(now, until, strikes, by);
    }

    /// <summary>How long so many strikes make it.</summary>
    public static TimeSpan Grown(TimeSpan length, int strikes)
    {
        var most = length > LongestGrown ? length : LongestGrown;
        return new TimeSpan(Math.Min(length.Ticks << (strikes - 1), most.Ticks));
    }

    public bool Holds(TimeSpan now) => now < Until;

    /// <summary>Strikes that are not yet made up for.</summary>
    public int StrikesLeft(TimeSpan now) =>
        Holds(now) ? Strikes : (int)Math.Max(0, Strikes - ((now - Until).Ticks / Quiet.Ticks));

    /// <summary>The one that ends first comes first.</summary>
    public int CompareTo(Bar other) => Until.CompareTo(other.Until);
}
