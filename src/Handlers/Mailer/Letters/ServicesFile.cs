using System.Globalization;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// services(5), as far as a mail needs it: the first name of a port. Read once and within bounds; a file that is missing, no file
/// at all or full of nonsense gives no names, and never a failure.
/// </summary>
internal sealed class ServicesFile
{
    private const int MostBytes = 1024 * 1024;
    private const int LongestName = 32;

    private static readonly Lazy<ServicesFile> _ofThisHost = new(() => Read("/etc/services"));

    private readonly Dictionary<(int Port, string Protocol), string> _names = [];

    private ServicesFile()
    {
    }

    public static ServicesFile OfThisHost => _ofThisHost.Value;

    public static ServicesFile Read(string path)
    {
        try
        {
            using var file = Posix.Open(path, Libc.O_RDONLY | Libc.O_NONBLOCK);
            return (Posix.Status(file).Mode & Libc.S_IFMT) == Libc.S_IFREG ? Parse(Head(file)) : new ServicesFile();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new ServicesFile();
        }
    }

    public static ServicesFile Parse(string text)
    {
        var file = new ServicesFile();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            file.Add(line);
        }

        return file;
    }

    public string? NameOf(int port, string protocol) => _names.GetValueOrDefault((port, protocol));

    // "http-alt  8080/tcp  webcache  # a comment"; the first name of a port wins, as getservbyport has it.
    private void Add(ReadOnlySpan<char> line)
    {
        var comment = line.IndexOf('#');
        var words = (comment < 0 ? line : line[..comment]).ToString().Split((char[])[' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length >= 2 && IsName(words[0]) && words[1].Split('/') is [var number, "tcp" or "udp"] place
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536)
        {
            _names.TryAdd((port, place[1]), words[0]);
        }
    }

    private static bool IsName(string word) =>
        word.Length <= LongestName && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+');

    private static string Head(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var buffer = new byte[MostBytes];
        var length = RandomAccess.Read(file, buffer, 0);
        return Encoding.Latin1.GetString(buffer, 0, length);
    }
}
