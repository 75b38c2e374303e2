using Tomlyn.Syntax;

namespace SuperServer.Configuration.Toml;

/// <summary>
/// Words for a syntax error. The parser says which token it did not expect; an administrator wants to know what to write
/// instead, and for the usual slips the line itself tells.
/// </summary>
internal static class SyntaxHints
{
    private static readonly string[] _switches = ["yes", "no", "on", "off", "true", "false"];

    public static Problem Explain(string file, string text, DiagnosticMessage error)
    {
        var (index, column, message) = (error.Span.Start.Line, error.Span.Start.Column, error.Message);
        var start = StartOfLine(text, index);
        var line = LineFrom(text, start);
        var hint = AboutCharacter(line, message)
            ?? AboutQuote(line, message)
            ?? AboutBracket(text, start, line, message)
            ?? (IsHeader(line, column) ? AboutHeader(line) : AboutPair(line, column, message));
        return new Problem(
            new Place(file, (hint?.Line ?? index) + 1, (hint?.Column ?? column) + 1), hint?.Words ?? Plain(message));
    }

    /// <summary>Of the control characters only tabs and newlines may stand in a file.</summary>
    private static Hint? AboutCharacter(string line, string message)
    {
        var at = Says(message, "control character") || Says(message, @"\r")
            ? Array.FindIndex(line.ToCharArray(), letter => char.IsControl(letter) && letter != '\t')
            : -1;
        return at < 0 ? null : new Hint(line[at] == '\r'
            ? "a lone carriage return: lines end with LF, or with CR and LF"
            : $"the character U+{(int)line[at]:X4} has no place in this file: delete it", at);
    }

    private static bool Says(string message, string words) => message.Contains(words, StringComparison.Ordinal);

    private static Hint? AboutQuote(string line, string message)
    {
        if (!Says(message, "newline in a string") && !Says(message, "End-Of-File"))
        {
            return null;
        }

        return OpenQuote(line) is { } opening
            ? new Hint($"the quote opened here is never closed: add {line[opening]}", opening)
            : new Hint("a quote is opened and never closed");
    }

    /// <summary>A list that began on an earlier line: it should have ended before this one, or its values are wrong.</summary>
    private static Hint? AboutBracket(string text, int start, string line, string message)
    {
        if (Says(message, "separate items in an array"))
        {
            return new Hint("missing ',' between two values of the list");
        }

        var isEnd = Says(message, "<eof>");
        if (OpenBracket.Before(text, isEnd ? text.Length : start) is not { } opening)
        {
            return null;
        }

        var (what, closing) = text[opening] == '[' ? ("list", ']') : ("table", '}');
        var before = text.AsSpan(0, opening);
        var (row, column) = (before.Count('\n'), opening - before.LastIndexOf('\n') - 1);
        return isEnd || BeginsSomethingNew(line)
            ? new Hint($"the {what} opened here is never closed: missing '{closing}'", column, row)
            : new Hint($"each text in a list stands in quotes: {Suggested(WithoutComment(line).Trim())}");
    }

    private static bool BeginsSomethingNew(string line) =>
        line.TrimStart() is ['[', ..] || line.Contains('=', StringComparison.Ordinal);

    private static Hint? AboutHeader(string line)
    {
        var header = WithoutComment(line).Trim();
        var inner = header.Trim('[', ']').Trim();
        var isElement = header.StartsWith("[[", StringComparison.Ordinal);
        var (opening, closing) = isElement ? ("[[", "]]") : ("[", "]");
        if (inner.Length == 0)
        {
            return new Hint("a table needs a name, as in [service.telnet]");
        }

        if (inner.Contains(' ', StringComparison.Ordinal) && !inner.Contains('"', StringComparison.Ordinal))
        {
            var dotted = string.Join('.', inner.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return new Hint($"a table's name has dots and no blanks: write [{Printable.Escaped(dotted)}]");
        }

        return header.EndsWith(closing, StringComparison.Ordinal) && header.EndsWith("]]", StringComparison.Ordinal) == isElement
            ? null
            : new Hint($"the header is not closed as it was opened: write {opening}{Printable.Escaped(inner)}{closing}");
    }

    private static Hint? AboutPair(string line, int column, string message)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return AboutMissingEquals(line);
        }

        var key = line[..equals].Trim();
        var value = WithoutComment(line[(equals + 1)..]).Trim();
        return value.Length == 0 ? new Hint($"{Printable.Quoted(key)} has no value")
            : Says(message, "escape character") ? AboutEscape(message)
            : column < equals
                ? new Hint($"{Printable.Quoted(key)} is not a key: a key is one word of letters, digits, '_' and '-'")
            : AboutValue(key, value);
    }

    private static Hint? AboutMissingEquals(string line)
    {
        var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [_, "stream" or "dgram", _, ..] => new Hint("this is a line of inetd.conf; here a service is a table: "
                + $"[service.{Printable.Escaped(words[0])}] and below it exec = [\"PROGRAM\", \"ARGUMENT\"]"),
            ["service", var name, "{"] => new Hint(
                $"this is xinetd.conf; here a service is a table: write [service.{Printable.Escaped(name)}]"),
            [var key, var value] when key.TrimEnd(':') is { Length: > 0 } word => new Hint(
                $"missing '=': write {Printable.Escaped(word)} = {Suggested(value)}"),
            [] => null,
            _ => new Hint($"expected KEY = VALUE or [TABLE], not {Printable.Quoted(line.Trim())}"),
        };
    }

    private static Hint? AboutValue(string key, string value)
    {
        key = Printable.Escaped(key);
        var word = value.Trim();
        return word switch
        {
            ['“' or '”' or '‘' or '’' or '„', ..] => new Hint("these are typographic quotes: write straight ones, \" or '"),
            ['"' or '\'', ..] => new Hint($"nothing but a comment may follow the value of '{key}'"),
            ['[', ..] => new Hint($"each value of a list stands in quotes, as in {key} = [\"one\", \"two\"]"),
            ['{', ..] => null,
            _ when _switches.Contains(word, StringComparer.OrdinalIgnoreCase) => new Hint(
                $"a switch is true or false: write {key} = {AsSwitch(word)}"),
            ['0', >= '0' and <= '9', ..] => new Hint(
                $"a number has no leading zero; if it is meant as text, quote it: {key} = {Suggested(word)}"),
            _ when long.TryParse(word.Split(' ')[0], out _) && word.Contains(' ', StringComparison.Ordinal) =>
                new Hint($"nothing but a comment may follow the value of '{key}'"),
            _ => new Hint($"text stands in quotes: write {key} = {Suggested(word)}"),
        };
    }

    private static string Suggested(string value)
    {
        var bare = value.Trim('"', '\'', ',', ';');
        return _switches.Contains(bare, StringComparer.Ordinal) ? AsSwitch(bare)
            : bare.Length > 0 && bare.All(char.IsAsciiDigit) && !bare.StartsWith('0') ? bare
            : $"\"{Printable.Escaped(Printable.Cut(bare, 60))}\"";
    }

    private static string AsSwitch(string word) => word.ToUpperInvariant() is "YES" or "ON" or "TRUE" ? "true" : "false";

    private static Hint AboutEscape(string message)
    {
        var start = message.IndexOf('[', StringComparison.Ordinal) + 1;
        var letter = Printable.Escaped(message[start..Math.Max(start, message.IndexOf(']', start))]);
        return new Hint($"'\\{letter}' means nothing in \"…\": write '\\\\{letter}', or put the text in single quotes");
    }

    /// <summary>Where the quote stands that is still open at the end of the line.</summary>
    private static int? OpenQuote(string line)
    {
        int? open = null;
        for (var i = 0; i < line.Length; i++)
        {
            if (open is { } start)
            {
                i += line[start] == '"' && line[i] == '\\' ? 1 : 0;
                open = i < line.Length && line[i] == line[start] ? null : open;
            }
            else if (line[i] is '"' or '\'')
            {
                open = i;
            }
            else if (line[i] == '#')
            {
                return null;
            }
        }

        return open;
    }

    private static bool IsHeader(string line, int column)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        return line.TrimStart().StartsWith('[') && (equals < 0 || equals >= column);
    }

    private static string WithoutComment(string line)
    {
        char? quote = null;
        for (var i = 0; i < line.Length; i++)
        {
            quote = quote is null && line[i] is '"' or '\'' ? line[i] : line[i] == quote ? null : quote;
            if (quote is null && line[i] == '#')
            {
                return line[..i];
            }
        }

        return line;
    }

    private static int StartOfLine(string text, int index)
    {
        var start = 0;
        for (; index > 0 && start < text.Length; index--)
        {
            var end = text.IndexOf('\n', start);
            start = end < 0 ? text.Length : end + 1;
        }

        return start;
    }

    private static string LineFrom(string text, int start)
    {
        var end = text.IndexOf('\n', start);
        return text[start..(end < 0 ? text.Length : end)].TrimEnd('\r');
    }

    /// <summary>The parser's own sentence, without its marks for quoting and safe to print.</summary>
    private static string Plain(string message) =>
        $"this is not TOML: {Printable.Escaped(Printable.Cut(message.Replace('`', '\''), 200))}";

    /// <summary>What to say, and where (from 0) when the parser's place is not the best.</summary>
    private sealed record Hint(string Words, int? Column = null, int? Line = null);
}
