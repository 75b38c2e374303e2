using SuperServer.Configuration.Toml;

namespace SuperServer.Configuration;

/// <summary>
/// Finds fault with <c>[service.NAME.options]</c> of the handler <c>file</c>. The file itself is not read: the service's user reads it,
/// and what the daemon's may read says nothing of that.
/// </summary>
internal static class AnnouncementOptions
{
    // All options together go into one variable.
    private const int LongestText = 32_768;

    private static readonly string[] _places = ["client_ip", "client_port", "time", "service", "connection", "host"];

    public static void Check(TableReader options, IReadOnlyList<ListenEntry> listening)
    {
        var (hasText, hasPath) = (options.Owns("text"), options.Owns("path"));
        if (hasText == hasPath)
        {
            options.Report(hasText ? options.PlaceOf("path") : options.Place, hasText
                ? $"{options.Title} has both 'text' and 'path': one of them must go"
                : $"{options.Title} has nothing to say: give it 'text', or 'path' (a file)");
        }

        if (options.Find("text", Values.Text) is { } text && WhyNot(text.Value) is { } why)
        {
            options.Report(text.Place, why);
        }

        options.Find("path", Values.AbsolutePath);
        options.Find("crlf", Values.Flag);
        options.Find("idle", HandlerOptions.IdleTimes);
        options.Find("read_line", Values.Flag);
        if (options.Owns("read_line") && listening.Any(entry => !entry.Endpoints[0].IsStream))
        {
            options.Report(options.PlaceOf("read_line"), "'read_line' is for connections: a datagram is a question as a whole; leave it out");
        }

        options.RefuseTheRest();
    }

    private static string? WhyNot(string text)
    {
        if (text.Length > LongestText)
        {
            return $"'text' is longer than {LongestText} characters: put it into a file, and name that with 'path'";
        }

        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            var word = close < 0 ? "" : text[(open + 1)..close];
            if (word.Length > 0 && word.All(letter => char.IsAsciiLetter(letter) || letter == '_') && !_places.Contains(word))
            {
                var meant = Spelling.Nearest(word, _places) is { } near ? $"did you mean {{{near}}}?" : $"there are {{{string.Join("}, {", _places)}}}";
                return $"'text' cannot hold {Printable.Quoted($"{{{word}}}")}: {meant}";
            }
        }

        return null;
    }
}
