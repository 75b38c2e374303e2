using System.Globalization;

namespace SuperServer.Handlers.Connect;

/// <summary>A port by its number or by its name in services(5).</summary>
internal static class PortNumber
{
    private const string Database = "/etc/services";

    private static readonly char[] _blanks = [' ', '\t'];

    /// <summary>Null when there is none.</summary>
    public static int? Of(string text, string protocol) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number is > 0 and < 65_536 ? number : null
            : Lines().Select(line => Named(line, text, protocol)).FirstOrDefault(port => port is not null);

    private static string[] Lines()
    {
        try
        {
            return File.ReadAllLines(Database);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // "telnet  23/tcp  aliases…  # comment"
    private static int? Named(string line, string name, string protocol)
    {
        var words = line.Split('#')[0].Split(_blanks, StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && (words[0] == name || words.Skip(2).Contains(name))
            && words[1].Split('/') is [var port, var its] && its == protocol
            && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
