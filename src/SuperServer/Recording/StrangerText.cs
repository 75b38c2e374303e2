using System.Globalization;
using System.Text;

namespace SuperServer.Recording;

/// <summary>
/// Makes text that a stranger controls harmless: in the log and on the terminal it can neither start a line, nor move the
/// cursor, nor turn the reading direction. What it was stays visible as <c>\x1b</c> or <c>\u202e</c>.
/// </summary>
internal static class StrangerText
{
    /// <summary>Of bytes that should be UTF-8; those that are not are shown as <c>\xNN</c> each.</summary>
    public static string Escape(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder(utf8.Length);
        while (!utf8.IsEmpty)
        {
            var isValid = Rune.DecodeFromUtf8(utf8, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            foreach (var single in isValid ? default : utf8[..length])
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{single:x2}");
            }

            if (isValid)
            {
                Append(text, rune);
            }

            utf8 = utf8[length..];
        }

        return text.ToString();
    }

    public static string Escape(string text) => Escape(Encoding.UTF8.GetBytes(text));

    private static void Append(StringBuilder text, Rune rune)
    {
        var category = Rune.GetUnicodeCategory(rune);
        var isHarmless = rune.Value is >= ' ' and < 0x7f
            || (rune.Value >= 0xa0 && category is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned));
        if (isHarmless)
        {
            text.Append(rune.ToString());
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"\\{(rune.Value <= 0xff ? $"x{rune.Value:x2}" : $"u{rune.Value:x4}")}");
        }
    }
}
