using System.Globalization;
using System.Text;

namespace SuperServer.Configuration.Toml;

/// <summary>The kinds of value that a key can have; each reads a node or says what it must be.</summary>
internal static class Values
{
    /// <summary>The kernel takes no argument or variable of 128 KiB; nothing sensible comes near.</summary>
    public const int LongestText = 65_536;

    private static readonly (string Suffix, double Milliseconds)[] _durationUnits =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    private static readonly (string Suffix, long Bytes)[] _sizeUnits =
        [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

    /// <summary>Text that can be handed to the kernel: not empty, without NUL.</summary>
    public static Reading<string> Text(TomlNode node) => AnyText(node) switch
    {
        { Value: "" } => new Objection("must not be empty"),
        var reading => reading,
    };

    /// <summary>Text that may be empty, such as an argument or the value of a variable.</summary>
    public static Reading<string> AnyText(TomlNode node) => node switch
    {
        TomlText { Value: var text } when text.Contains('\0', StringComparison.Ordinal) =>
            new Objection("must not contain the character U+0000"),
        TomlText { Value: var text } when Encoding.UTF8.GetByteCount(text) > LongestText =>
            new Objection($"is longer than {LongestText} bytes"),
        TomlText text => text.Value,
        TomlNumber number => new Objection($"must be text in quotes, as in \"{number.Value}\", not {node.Description}"),
        _ => new Objection($"must be text in quotes, not {node.Description}"),
    };

    /// <summary>A name or a number; the number may do without quotes.</summary>
    public static Reading<string> NameOrNumber(TomlNode node) => node is TomlNumber { Value: >= 0 } number
        ? number.Value.ToString(CultureInfo.InvariantCulture)
        : Text(node);

    public static Reading<bool> Flag(TomlNode node) => node is TomlFlag flag
        ? flag.Value
        : new Objection($"must be true or false, not {node.Description}");

    public static Func<TomlNode, Reading<int>> WholeNumber(int least, int most) => node => node switch
    {
        TomlNumber number when number.Value >= least && number.Value <= most => (int)number.Value,
        TomlNumber number => new Objection($"must be from {least} to {most}, not {number.Value}"),
        _ => new Objection($"must be a number from {least} to {most}, not {node.Description}"),
    };

    public static Func<TomlNode, Reading<T>> OneOf<T>(params (string Word, T Value)[] words) => node =>
    {
        var text = (node as TomlText)?.Value;
        var index = Array.FindIndex(words, word => word.Word == text);
        if (index >= 0)
        {
            return words[index].Value;
        }

        var known = words.Select(word => word.Word).ToArray();
        return new Objection($"must be {Alternatives(known)}, not "
            + (text is null ? node.Description : $"{Printable.Quoted(text)}{Spelling.Suggestion(text, known)}"));
    };

    /// <summary>One of some words.</summary>
    public static Func<TomlNode, Reading<string>> Word(params string[] words) => OneOf([.. words.Select(word => (word, word))]);

    public static Reading<string> AbsolutePath(TomlNode node) => Text(node) switch
    {
        { Value: ['/', ..] or null } reading => reading,
        var reading => new Objection($"must be an absolute path, not {Printable.Quoted(reading.Value!)}"),
    };

    /// <summary>A file mode mask in octal: it stands in quotes, since as a number 022 is no TOML and 22 is decimal.</summary>
    public static Reading<int> Mask(TomlNode node) => node switch
    {
        TomlText { Value: { Length: >= 1 and <= 4 } digits } when digits.All(digit => digit is >= '0' and <= '7')
            && Convert.ToInt32(digits, 8) is <= 511 and var mask => mask,
        TomlNumber number => new Objection($"must be octal digits in quotes, as in \"{Math.Abs(number.Value):D3}\""),
        _ => new Objection($"must be octal digits in quotes from \"000\" to \"777\", not {node.Description}"),
    };

    /// <summary>A span of time such as "90s"; between bounds that the key sets.</summary>
    public static Func<TomlNode, Reading<TimeSpan>> Duration(TimeSpan least, TimeSpan most) => node =>
    {
        if (node is not TomlText text || Milliseconds(text.Value) is not { } milliseconds)
        {
            return new Objection($"must be a duration such as \"90s\", \"5m\", \"2h\" or \"1d\", not {node.Description}");
        }

        return milliseconds < least.TotalMilliseconds || milliseconds > most.TotalMilliseconds
            ? new Objection($"must be from {Written(least)} to {Written(most)}, not {Printable.Quoted(text.Value)}")
            : TimeSpan.FromMilliseconds(milliseconds);
    };

    /// <summary>A number of bytes, or a size such as "64KiB"; between bounds that the key sets.</summary>
    public static Func<TomlNode, Reading<int>> Size(int least, int most) => node =>
    {
        var size = node switch
        {
            TomlNumber number => number.Value,
            TomlText text => Bytes(text.Value),
            _ => null,
        };
        return size is null ? new Objection($"must be a size such as \"64KiB\", \"1MiB\" or 4096, not {node.Description}")
            : size < least || size > most
                ? new Objection($"must be from {Written(least)} to {Written(most)}, not {node.Description}")
            : (int)size.Value;
    };

    private static string Alternatives(string[] words) => $"\"{string.Join("\", \"", words.SkipLast(1))}\" or \"{words[^1]}\"";

    private static double? Milliseconds(string text)
    {
        var digits = text.Length - text.AsSpan().TrimStart("0123456789").Length;
        var unit = Array.Find(_durationUnits, unit => unit.Suffix == text[digits..]);
        return unit.Suffix is not null && long.TryParse(text.AsSpan(0, digits), CultureInfo.InvariantCulture, out var count)
            ? count * unit.Milliseconds
            : null;
    }

    private static long? Bytes(string text)
    {
        var digits = text.Length - text.AsSpan().TrimStart("0123456789").Length;
        var unit = Array.Find(_sizeUnits, unit => unit.Suffix == text[digits..]);
        return unit.Suffix is not null && int.TryParse(text.AsSpan(0, digits), CultureInfo.InvariantCulture, out var count)
            ? count * unit.Bytes
            : null;
    }

    private static string Written(int size)
    {
        var (suffix, bytes) = _sizeUnits.Last(unit => size % unit.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"\"{size / bytes}{suffix}\"");
    }

    private static string Written(TimeSpan span)
    {
        var (suffix, milliseconds) =
            _durationUnits.Last(unit => span.TotalMilliseconds >= unit.Milliseconds || unit.Suffix == "ms");
        return string.Create(CultureInfo.InvariantCulture, $"\"{span.TotalMilliseconds / milliseconds}{suffix}\"");
    }
}
