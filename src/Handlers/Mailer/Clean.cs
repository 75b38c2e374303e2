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

    public static string Text(string? text, int longest)
    {
        var clean = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~')
            {
                clean.Append((char)rune.Value);
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

    private static string Cut(StringBuilder text, int longest) => text.Length <= longest
        ? text.ToString()
        : string.Concat(text.ToString(0, Math.Max(0, longest - Ellipsis.Length)), Ellipsis);
}
