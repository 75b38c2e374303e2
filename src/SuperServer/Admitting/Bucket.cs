using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// A token bucket as one number: the moment when it will be full again (the generic cell rate algorithm of ATM Forum TM 4.1).
/// Nothing has to be refilled, and a bucket that has never been used is one that was full long ago.
/// </summary>
/// <remarks>
/// A token of "7/s" comes every 1428571.43 ticks of the clock. Rounded, seven would not be seven; therefore time is counted in
/// parts of a tick, as many as <see cref="Rate.Count"/>, and a token costs exactly <see cref="Rate.Per"/> of them. 128 bits
/// hold that for every clock and every rate.
/// </remarks>
internal readonly record struct Bucket : IComparable<Bucket>
{
    private readonly Int128 _fullAt;

    private Bucket(Int128 fullAt) => _fullAt = fullAt;

    /// <summary>A bucket that will be full at this moment, as <see cref="FullAt"/> has told once.</summary>
    public static Bucket FullAgainAt(Rate rate, TimeSpan moment) => new((Int128)moment.Ticks * rate.Count);

    /// <summary>When it will be full again, not a tick too early.</summary>
    public TimeSpan FullAt(Rate rate) => Rounded(_fullAt, rate);

    public bool IsFull(Rate rate, TimeSpan now) => _fullAt <= In(rate, now);

    public bool HasToken(Rate rate, TimeSpan now) => Debt(rate, now) <= Affordable(rate);

    /// <summary>The bucket with one token less. Only when it <see cref="HasToken"/>.</summary>
    public Bucket Taken(Rate rate, TimeSpan now) => new(In(rate, now) + Debt(rate, now) + rate.Per.Ticks);

    /// <summary>From when on it has a token.</summary>
    public TimeSpan NextAt(Rate rate, TimeSpan now) =>
        Rounded(In(rate, now) + Int128.Max(0, Debt(rate, now) - Affordable(rate)), rate);

    /// <summary>The same bucket when the rate has changed: it will be full at the same moment.</summary>
    public Bucket Under(Rate old, Rate rate) => FullAgainAt(rate, FullAt(old));

    /// <summary>The one that is full earlier comes first: it has the least to tell.</summary>
    public int CompareTo(Bucket other) => _fullAt.CompareTo(other._fullAt);

    private static Int128 In(Rate rate, TimeSpan now) => (Int128)now.Ticks * rate.Count;

    private static Int128 Affordable(Rate rate) => (Int128)rate.Per.Ticks * (rate.Burst - 1);

    private static TimeSpan Rounded(Int128 parts, Rate rate)
    {
        var (whole, rest) = Int128.DivRem(parts, rate.Count);
        return new TimeSpan((long)Int128.Clamp(whole + (rest > 0 ? 1 : 0), long.MinValue, long.MaxValue));
    }

    // Never more than an empty bucket: with another clock, or a smaller burst, a source would otherwise stay out for ages.
    private Int128 Debt(Rate rate, TimeSpan now) =>
        Int128.Clamp(_fullAt - In(rate, now), 0, (Int128)rate.Per.Ticks * rate.Burst);
}
