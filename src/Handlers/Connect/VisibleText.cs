using System.Buffers;
using System.Globalization;
using System.Text;

namespace SuperServer.Handlers.Connect;

/// <summary>
/// What a stranger sends, as it may be shown on a terminal: it must not move the cursor, ring, or change what stands there. A CR before
/// a LF is the end of a line, and not shown; any other control character is, and so is what is no UTF-8. Characters that come in
/// two parts are waited for.
/// </summary>
internal sealed class VisibleText
{
    private readonly List<byte> _waiting = [];

    public string Of(ReadOnlySpan<byte> bytes)
    {
        _waiting.AddRange(bytes);
        return Take(isLast: false);
    }

    /// <summary>What was waited for and will not come.</summary>
    public string Rest() => Take(isLast: true);

    private string Take(bool isLast)
    {
        var shown = new StringBuilder();
        var rest = _waiting.ToArray().AsSpan();
        while (!rest.IsEmpty)
        {
            if (rest is [(byte)'\r', (byte)'\n', ..])
            {
                rest = rest[1..];
            }

            var status = Rune.DecodeFromUtf8(rest, out var rune, out var length);
            if (!isLast && (status == OperationStatus.NeedMoreData || rest is [(byte)'\r']))
            {
                break;
            }

            _ = status == OperationStatus.Done ? Append(shown, rune) : AppendBytes(shown, rest[..length]);
            rest = rest[length..];
        }

        _waiting.Clear();
        _waiting.AddRange(rest);
        return shown.ToString();
    }

    private static StringBuilder Append(StringBuilder shown, Rune rune) => rune.Value switch
    {
        '\n' or '\t' => shown.Append(rune),
        '\r' => shown.Append("\\r"),
        < ' ' or 0x7f => shown.Append('^').Append((char)(rune.Value ^ 0x40)),
        _ when Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator => shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
        _ => shown.Append(rune),
    };

    private static StringBuilder AppendBytes(StringBuilder shown, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            shown.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
        }

        return shown;
    }
}
