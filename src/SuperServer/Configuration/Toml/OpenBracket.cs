namespace SuperServer.Configuration.Toml;

/// <summary>
/// Finds the list or inline table that is still open somewhere in a text: a parser notices a missing bracket only lines later,
/// where the mistake is not. Quotes and comments are skipped; a quote of one line ends with its line.
/// </summary>
internal static class OpenBracket
{
    /// <summary>Offset of the innermost bracket that is open before <paramref name="end"/>; null when none is.</summary>
    public static int? Before(string text, int end)
    {
        var open = new Stack<int>();
        for (var at = 0; at < end; at++)
        {
            switch (text[at])
            {
                case '[' or '{':
                    open.Push(at);
                    break;
                case ']' or '}':
                    _ = open.TryPop(out _);
                    break;
                case '#':
                    at = EndOf(text, at, "\n") - 1;
                    break;
                case '"' or '\'':
                    at = EndOfQuote(text, at) - 1;
                    break;
                default:
                    break;
            }
        }

        return open.TryPeek(out var last) ? last : null;
    }

    private static int EndOfQuote(string text, int start)
    {
        var quote = text[start];
        var tripled = new string(quote, 3);
        if (text.AsSpan(start).StartsWith(tripled))
        {
            return EndOf(text, start + 3, tripled) + 3;
        }

        var at = start + 1;
        while (at < text.Length && text[at] != quote && text[at] != '\n')
        {
            at += quote == '"' && text[at] == '\\' ? 2 : 1;
        }

        return at + 1;
    }

    private static int EndOf(string text, int start, string what)
    {
        var end = text.IndexOf(what, Math.Min(start, text.Length), StringComparison.Ordinal);
        return end < 0 ? text.Length : end;
    }
}
