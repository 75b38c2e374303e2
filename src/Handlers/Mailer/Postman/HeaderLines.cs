using System.Buffers;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// A file of headers as <c>Name: value</c>, one a line; blank lines and those that begin with <c>#</c> are skipped. What is wrong with it is
/// told by the line's number: the line is a secret.
/// </summary>
internal static class HeaderLines
{
    private static readonly SearchValues<char> _letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    // Ours to set; one that says otherwise would make two requests of one.
    private static readonly string[] _ours = ["host", "content-length", "content-type", "transfer-encoding", "connection", "expect"];

    public static List<(string Name, string Value)> Parse(string text)
    {
        var headers = new List<(string Name, string Value)>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#')
            {
                headers.Add(Header(line) ?? throw new SecretException(
                    FailureClass.Configuration, $"line {i + 1} of the headers file is no header such as 'Authorization: Bearer ...' that may be set"));
            }
        }

        return headers;
    }

    private static (string Name, string Value)? Header(string line)
    {
        var parts = line.Split(':', 2, StringSplitOptions.TrimEntries);
        return parts is [{ Length: > 0 } name, { Length: > 0 } value]
            && !name.AsSpan().ContainsAnyExcept(_letters)
            && !_ours.Contains(name, StringComparer.OrdinalIgnoreCase)
            && value.All(c => c is >= ' ' and <= '~')
            ? (name, value)
            : null;
    }
}
