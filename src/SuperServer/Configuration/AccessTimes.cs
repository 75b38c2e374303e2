namespace SuperServer.Configuration;

/// <summary>A time of day on some days of the week. Both bounds belong to it, as whole minutes.</summary>
/// <param name="Days">One bit for each day, Sunday the lowest. The day is the one on which it opens.</param>
/// <param name="From">Minutes after midnight.</param>
/// <param name="To">Minutes after midnight; less than <paramref name="From"/> when it lasts over midnight.</param>
internal sealed record AccessTime(int Days, int From, int To)
{
    public const int EveryDay = 0b111_1111;

    public bool IsOn(DayOfWeek day) => (Days >> (int)day & 1) != 0;

    public bool Admits(DayOfWeek day, int minute)
    {
        var dayBefore = (DayOfWeek)(((int)day + 6) % 7);
        return From <= To
            ? IsOn(day) && minute >= From && minute <= To
            : IsOn(day) && minute >= From || IsOn(dayBefore) && minute <= To;
    }
}

/// <summary>When a service takes clients, in the machine's local time. Where it stands plays no part in equality.</summary>
/// <param name="Times">At least one.</param>
/// <param name="SetAt">"superserver.toml:14".</param>
internal sealed record AccessTimes(ValueList<AccessTime> Times, string SetAt)
{
    public bool Admits(DateTime local)
    {
        var minute = local.Hour * 60 + local.Minute;
        foreach (var time in Times.AsSpan())
        {
            if (time.Admits(local.DayOfWeek, minute))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The next moment at which it opens, for one at which it is closed. On the wall: a change of the clock is not foreseen.</summary>
    public DateTime OpensAfter(DateTime local) =>
        (from day in Enumerable.Range(0, 8)
         let date = local.Date.AddDays(day)
         from time in Times
         where time.IsOn(date.DayOfWeek)
         let opens = date.AddMinutes(time.From)
         where opens > local
         select opens).Min();

    public bool Equals(AccessTimes? other) => other is not null && Times == other.Times;

    public override int GetHashCode() => Times.GetHashCode();
}
