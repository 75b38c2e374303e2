using System.Globalization;
using System.Text;

namespace SuperServer.Admitting;

/// <summary>
/// Bars as lines of text, for a file that outlives the machine:
/// <c>192.0.2.7/32 since=2026-11-23T09:50:00Z until=2026-11-23T10:00:00Z strikes=2 by=telnet</c>. A line that is broken is
/// passed over and named.
/// </summary>
/// <remarks>
/// The daemon counts by a clock that nobody sets, a file cannot. A machine may start in 1970, or have written when its clock
/// was wrong: therefore a bar never holds longer after reading than it was meant to as a whole.
/// </remarks>
internal static class BarLines
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int LongestLine = 512;
    private const int LongestName = 255;

    private static readonly string[] _keys = ["since=", "until=", "strikes=", "by="];

    public static string Write(IEnumerable<(Source Source, Bar Bar)> bars, TimeSpan now, DateTime utc)
    {
        var text = new StringBuilder();
        foreach (var (source, bar) in bars)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{source} since={On(bar.Since)} until={On(bar.Until)} strikes={bar.Strikes} by={bar.By}\n");
        }

        return text.ToString();

        string On(TimeSpan moment) => OnTheWall(moment, now, utc);
    }

    /// <summary>The bars of a text, and the numbers of the lines that are none.</summary>
    public static (IReadOnlyList<(Source Source, Bar Bar)> Bars, IReadOnlyList<int> BrokenLines) Read(
        string text, TimeSpan now, DateTime utc)
    {
        var (bars, broken) = (new List<(Source, Bar)>(), new List<int>());
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line.IsEmpty)
            {
                continue;
            }

            if (ReadLine(line, now, utc) is { } entry)
            {
                bars.Add(entry);
            }
            else
            {
                broken.Add(number);
            }
        }

        return (bars, broken);
    }

    /// <summary>A moment of the monotonic clock as the clock on the wall would show it, in UTC and whole seconds.</summary>
    public static string OnTheWall(TimeSpan moment, TimeSpan now, DateTime utc)
    {
        var ticks = (Int128)utc.Ticks + moment.Ticks - now.Ticks + TimeSpan.TicksPerSecond - 1;
        var known = (long)Int128.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
        return new DateTime(known, DateTimeKind.Utc).ToString(Form, CultureInfo.InvariantCulture);
    }

    private static (Source Source, Bar Bar)? ReadLine(ReadOnlySpan<char> line, TimeSpan now, DateTime utc)
    {
        if (line.Length > LongestLine || line.ToString().Split(' ') is not { Length: 5 } words
            || !Source.TryParse(words[0], out var source)
            || !_keys.Index().All(key => words[key.Index + 1].StartsWith(key.Item, StringComparison.Ordinal)))
        {
            return null;
        }

        var values = _keys.Index().Select(key => words[key.Index + 1][key.Item.Length..]).ToArray();
        return ReadMoment(values[0]) is { } since && ReadMoment(values[1]) is { } until && since <= until
            && int.TryParse(values[2], NumberStyles.None, CultureInfo.InvariantCulture, out var strikes)
            && strikes is >= 1 and <= Bar.MostStrikes && IsName(values[3])
            ? (source, Placed(since - utc, until - utc, now, strikes, values[3]))
            : null;
    }

    private static Bar Placed(TimeSpan since, TimeSpan until, TimeSpan now, int strikes, string by)
    {
        var length = Least(until - since, Bar.Longest);
        var end = Least(until, length);
        return new Bar(now + end - length, now + end, strikes, by);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static DateTime? ReadMoment(string text) =>
        DateTime.TryParseExact(text, Form, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;

    private static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName
        && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '.' or '-');
}
