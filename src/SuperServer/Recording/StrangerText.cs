using System.Buffers;
using System.Globalization;
using System.Text;
using SuperServer.Configuration;

namespace SuperServer.Recording;

/// <summary>
/// Makes bytes that a stranger controls fit for the log and the terminal: what could start a line, move the cursor or turn the
/// reading direction stays visible as an escape (<see cref="Printable"/>), and what is not UTF-8 as <c>\xNN</c> for each byte.
/// </summary>
internal static class StrangerText
{
    public static string Escape(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder(utf8.Length);
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var length) == OperationStatus.Done)
            {
                Printable.Append(text, rune);
            }
            else
            {
                foreach (var single in utf8[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{single:x2}");
                }
            }

            utf8 = utf8[length..];
        }

        return text.ToString();
    }
}
