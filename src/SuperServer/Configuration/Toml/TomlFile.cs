using System.Buffers;
using System.Text;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace SuperServer.Configuration.Toml;

/// <summary>
/// From the bytes of a file to its tables. Whatever the bytes are, the answer is a tree or problems, never an exception. Of a
/// file with broken syntax only the first problem is told: what follows it is mostly the parser's own confusion.
/// </summary>
internal static class TomlFile
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static TomlMap? Parse(string file, ReadOnlySpan<byte> bytes, ICollection<Problem> problems)
    {
        var text = Decode(file, bytes, problems);
        return text is null || ParseSyntax(file, text, problems) is not { } document
            ? null
            : new TomlTree(file, problems).Build(document);
    }

    private static string? Decode(string file, ReadOnlySpan<byte> bytes, ICollection<Problem> problems)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        try
        {
            return _strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            // Of a long text the decoder tells an index into its last block only, therefore the place is looked for anew.
            var good = bytes[..FirstInvalid(bytes)];
            var line = good.Count((byte)'\n') + 1;
            var column = _strict.GetCharCount(good[(good.LastIndexOf((byte)'\n') + 1)..]) + 1;
            var remedy = IsUtf16(bytes) ? "it looks like UTF-16; save the file as UTF-8" : "save the file as UTF-8";
            var unknown = (e.BytesUnknown ?? [0])[0];
            problems.Add(new Problem(new Place(file, line, column), $"byte 0x{unknown:X2} is not UTF-8: {remedy}"));
            return null;
        }
    }

    private static bool IsUtf16(ReadOnlySpan<byte> bytes) => bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }

    private static DocumentSyntax? ParseSyntax(string file, string text, ICollection<Problem> problems)
    {
        try
        {
            // The closing newline keeps the lexer inside the text when the last character is a backslash.
            var document = SyntaxParser.Parse(text + "\n", file, validate: false);
            if (!document.HasErrors)
            {
                return document;
            }

            var first = document.Diagnostics.MinBy(message => message.Span.Start.Offset)!;
            problems.Add(SyntaxHints.Explain(file, text, first));
        }
        catch (TomlException)
        {
            problems.Add(new Problem(new Place(file, 0, 0), "lists or tables are nested deeper than 64"));
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or InvalidOperationException)
        {
            // The parser broke a promise of its own; the administrator needs to know which file, not our stack.
            problems.Add(new Problem(new Place(file, 0, 0), $"this is not TOML: {Printable.Escaped(e.Message)}"));
        }

        return null;
    }
}
