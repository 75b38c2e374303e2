using System.Globalization;
using System.Text;

namespace SuperServer.Configuration;

/// <summary>
/// Text from a file, as it may be shown on a terminal: control characters, line separators and the invisible characters that
/// turn text around are written as escapes, so that nobody can forge a line of output or hide one.
/// </summary>
internal static class Printable
{
    private const int LongestQuote = 80;

    public static string Escaped(string text)
    {
        if (!text.EnumerateRunes().Any(IsDangerous))
        {
            return text;
        }

        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            Append(shown, rune);
        }

        return shown.ToString();
    }

    public static void Append(StringBuilder shown, Rune rune) =>
        _ = IsDangerous(rune) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}") : shown.Append(rune);

    /// <summary>In single quotes and cut to a length that leaves the message readable.</summary>
    public static string Quoted(string text) => $"'{Escaped(Cut(text, LongestQuote))}'";

    public static string Cut(string text, int length) => text.Length <= length ? text : $"{text.AsSpan(0, length - 1)}…";

    private static bool IsDangerous(Rune rune) =>
        rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
