using System.Text;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>
/// With what a client of tcpmux begins (RFC 1078): the name of a service, in a line. As other servers we do not insist on the CR before its LF.
/// </summary>
/// <param name="names">Those that there are; with a "+" before it a service whose program counts on us to say yes.</param>
internal sealed class TcpmuxLine(IReadOnlyCollection<string> names)
{
    /// <summary>With CR and LF; what the RFC allows is longer than any name.</summary>
    public const int Longest = 256;

    private const string Help = "help";

    private readonly Dictionary<string, bool> _isAnnounced = names
        .DistinctBy(name => name.TrimStart('+'), StringComparer.OrdinalIgnoreCase)
        .ToDictionary(name => name.TrimStart('+'), name => name.StartsWith('+'), StringComparer.OrdinalIgnoreCase);

    public Reading Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes[..Math.Min(bytes.Length, Longest)].IndexOf((byte)'\n');
        if (end < 0)
        {
            return bytes.Length < Longest ? Reading.Incomplete : new Reading.Wrong(Failure.TooLong);
        }

        var line = bytes[..end];
        return Answer(Encoding.ASCII.GetString(line.EndsWith("\r"u8) ? line[..^1] : line), end + 1);
    }

    private Reading Answer(string name, int length) =>
        name.Equals(Help, StringComparison.OrdinalIgnoreCase) ? new Reading.Answered(length, List())
        : _isAnnounced.TryGetValue(name, out var isAnnounced) ? new Reading.Understood(length, "enter", name.ToLowerInvariant())
        {
            Reply = isAnnounced ? "+Go\r\n"u8.ToArray() : [],
        }
        : new Reading.Answered(length, "-Service not available\r\n"u8.ToArray());

    private byte[] List() => Encoding.ASCII.GetBytes(string.Concat(_isAnnounced.Keys.Select(name => $"{name}\r\n")));
}
