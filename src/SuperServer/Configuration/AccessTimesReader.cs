using System.Globalization;
using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>Reads <c>access_times</c>: <c>08:00-18:00</c>, <c>mon-fri 08:00-18:00</c>, <c>sat,sun 22:00-06:00</c>.</summary>
internal static class AccessTimesReader
{
    private const string Key = "access_times";
    private const string Examples = "write it as \"08:00-18:00\" or \"mon-fri 08:00-18:00\"";
    private const int MinutesOfDay = 24 * 60;

    private static readonly string[] _days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static AccessTimes? Read(TableReader table)
    {
        if (table.Many(Key, Values.AnyText) is not { } texts)
        {
            return null;
        }

        var place = table.PlaceOf(Key);
        List<AccessTime> times = [.. texts.Select(text => table.Judge(text.Place, Parse(text.Value))).OfType<AccessTime>()];
        if (texts.Count == 0 && table.Find(Key, IsEmpty) is not null)
        {
            table.Report(place, $"'{Key}' has no time at all: use enabled = false to serve nobody, \"00:00-23:59\" to serve always");
        }

        return times.Count == 0 ? null : new AccessTimes([.. times], place.AtLine);
    }

    private static Reading<bool> IsEmpty(TomlNode node) => node is TomlList { Items.Count: 0 };

    private static Reading<AccessTime> Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is not (1 or 2) || words[^1].Split('-') is not [var from, var to])
        {
            return new Objection($"{Printable.Quoted(text)} is no time: {Examples}");
        }

        var days = words.Length == 1 ? AccessTime.EveryDay : Days(words[0]);
        if (days.Objection is { } objection)
        {
            return new Objection($"{Printable.Quoted(text)}: {objection}");
        }

        if (Minute(from) is not { } opens || Minute(to) is not { } closes || opens == MinutesOfDay)
        {
            return new Objection($"{Printable.Quoted(text)}: a time of day is from 00:00 to 23:59: {Examples}");
        }

        return new AccessTime(days.Value, opens, Math.Min(closes, MinutesOfDay - 1));
    }

    /// <summary>"24:00" is the end of a day to many.</summary>
    private static int? Minute(string text) =>
        text.Split(':') is [{ Length: 1 or 2 } hours, { Length: 2 } minutes]
        && int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
        && int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
        && minute < 60 && hour * 60 + minute is <= MinutesOfDay and var time ? time : null;

    private static Reading<int> Days(string text)
    {
        var days = 0;
        foreach (var part in text.ToLowerInvariant().Split(','))
        {
            var ends = part.Split('-');
            var (first, last) = (Array.IndexOf(_days, ends[0]), Array.IndexOf(_days, ends[^1]));
            if (ends.Length > 2 || first < 0 || last < 0)
            {
                return new Objection($"{Printable.Quoted(part)} is no day: the days are mon, tue, wed, thu, fri, sat and sun, as in \"mon-fri\"");
            }

            for (var day = first; ; day = (day + 1) % 7)
            {
                days |= 1 << day;
                if (day == last)
                {
                    break;
                }
            }
        }

        return days;
    }
}
