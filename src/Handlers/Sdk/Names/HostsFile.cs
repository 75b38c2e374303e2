using System.Net;

namespace SuperServer.Handlers;

/// <summary>
/// What /etc/hosts says of an address. The resolver does not tell where it has a name from; this is the administrator's own word, and what he
/// calls a host may be as short as he likes.
/// </summary>
internal static class HostsFile
{
    public const string UsualPath = "/etc/hosts";

    private static readonly char[] _blanks = [' ', '\t'];

    /// <summary>False as well when the file cannot be read.</summary>
    public static bool Calls(IPAddress address, string name, string path = UsualPath)
    {
        try
        {
            return File.ReadLines(path)
                .Select(line => line.Split('#')[0].Split(_blanks, StringSplitOptions.RemoveEmptyEntries))
                .Any(words => words.Skip(1).Contains(name, StringComparer.OrdinalIgnoreCase)
                    && IPAddress.TryParse(words[0], out var owner) && owner.Equals(address));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
