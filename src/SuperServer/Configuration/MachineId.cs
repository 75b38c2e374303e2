using System.Text;

namespace SuperServer.Configuration;

/// <summary>
/// What tells one machine's alerts from another's, whatever the two are called: 16 hexadecimal digits that say nothing else.
/// systemd's machine-id is not taken, for it must not be shown to a network (machine-id(5)).
/// </summary>
internal static class MachineId
{
    /// <summary>In the state directory.</summary>
    public const string FileName = "machine-id";

    private const int Length = 16;

    /// <summary>Null when a daemon has yet to make one, or when something else stands there.</summary>
    public static string? In(string stateDirectory) =>
        FileReading.Of(Path.Combine(stateDirectory, FileName)) is FileReading.Contents file
        && Encoding.Latin1.GetString(file.Bytes).TrimEnd('\n') is { Length: Length } id
        && id.All(char.IsAsciiHexDigitLower) ? id : null;

    /// <summary>Of a Guid's digits, those that are random.</summary>
    public static string New()
    {
        var digits = Guid.NewGuid().ToString("N");
        return string.Concat(digits.AsSpan(0, 12), digits.AsSpan(digits.Length - 4));
    }
}
