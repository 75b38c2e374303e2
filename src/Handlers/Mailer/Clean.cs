using System.Globalization;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Text that a stranger may have chosen, made safe to show: printable ASCII stays, everything else is spelled out, and it is cut.
/// So no value can move a cursor, turn a line around, end a header or look like another name.
/// </summary>
internal static class Clean
{
    private const string Ellipsis = "...";

    public static string Text(string? text, int longest) =>
        text?.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? text
            : Text(text, longest, rune => rune.Value is >= ' ' and <= '~');

    /// <summary>
    /// Text that the administrator chose, such as a host's name: the letters and signs of every script stay, and only what is
    /// invisible or turns a line around is spelled out.
    /// </summary>
    public static string Chosen(string? text, int longest) => Text(text, longest, IsVisible);

    private static string Text(string? text, int longest, Func<Rune, bool> stays)
    {
        var clean = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (stays(rune))
            {
                clean.Append(rune.ToString());
            }
            else
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }

            if (clean.Length > longest)
            {
                break;
            }
        }

        return Cut(clean, longest);
    }

    /// <summary>Bytes as they were sent, where they are text, and in hexadecimal where they are not.</summary>
    public static string Bytes(ReadOnlySpan<byte> bytes, int longest)
    {
        var clean = new StringBuilder();
        foreach (var value in bytes)
        {
            _ = value switch
            {
                (byte)'\\' => clean.Append(@"\\"),
                (byte)'\r' => clean.Append(@"\r"),
                (byte)'\n' => clean.Append(@"\n"),
                >= (byte)' ' and <= (byte)'~' => clean.Append((char)value),
                _ => clean.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
            };
            if (clean.Length > longest)
            {
                break;
            }
        }

        return Cut(clean, longest);
    }

    private static bool IsVisible(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Cut(StringBuilder text, int longest)
    {
        if (text.Length <= longest)
        {
            return text.ToString();
        }

        var end = Math.Max(0, longest - Ellipsis.Length);
        return string.Concat(text.ToString(0, end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), Ellipsis);
    }
}
