using System.Net;

namespace SuperServer.Handlers;

/// <summary>Which answers of a reverse lookup may be shown as a host's name at all. The owner of the address wrote them.</summary>
internal static class HostName
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>The name in lower case and without its last dot; null when it is none. Internationalised names stay <c>xn--</c>.</summary>
    /// <param name="answer">What came back.</param>
    /// <param name="of">Whose name.</param>
    /// <param name="labels">How many it has at least: one alone is a name of the own network, which a stranger cannot have.</param>
    public static string? Valid(string answer, IPAddress of, int labels = 2)
    {
        var name = answer.EndsWith('.') ? answer[..^1] : answer;
        if (name.Length is 0 or > LongestName || !Ascii(name))
        {
            return null;
        }

        name = name.ToLowerInvariant();
        var parts = name.Split('.');
        return parts.All(IsLabel) && NamesAHost(parts, of, labels) ? name : null;
    }

    private static bool Ascii(string name) => name.All(char.IsAscii);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
        && label[0] != '-' && label[^1] != '-';

    // A number at the end, as inet_aton(3) reads numbers, is an address in disguise: looked up, it would confirm itself. "localhost"
    // is ours alone.
    private static bool NamesAHost(string[] labels, IPAddress of, int least)
    {
        if (labels[0].StartsWith("localhost", StringComparison.Ordinal) || labels[^1] == "localhost")
        {
            return IPAddress.IsLoopback(of);
        }

        return labels.Length >= least && !IsNumber(labels[^1]);
    }

    private static bool IsNumber(string label) =>
        label.All(char.IsAsciiDigit) || (label.StartsWith("0x", StringComparison.Ordinal) && label[2..].All(char.IsAsciiHexDigit));
}
