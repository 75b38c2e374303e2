using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SuperServer.Launching;

/// <summary>
/// The number that goes through all lines about one connection, and into the child as SUPERSERVER_CONNECTION. The first part
/// is the second in which the daemon started, in base 36, so that ids of two runs do not meet in one log.
/// </summary>
internal readonly record struct ConnectionId(long Number)
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    private static string _run = ToBase36(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    /// <summary>The first part. A daemon that begins anew in place goes on with the one it had, for its children know it.</summary>
    public static string Run
    {
        get => _run;
        set => _run = value;
    }

    /// <summary>Writes the id as ASCII and returns its length; 0 when there is no room.</summary>
    public int Format(Span<byte> utf8)
    {
        if (utf8.Length < _run.Length + 1)
        {
            return 0;
        }

        for (var index = 0; index < _run.Length; index++)
        {
            utf8[index] = (byte)_run[index];
        }

        utf8[_run.Length] = (byte)'-';
        var rest = utf8[(_run.Length + 1)..];
        return Number.TryFormat(rest, out var written, provider: CultureInfo.InvariantCulture) ? _run.Length + 1 + written : 0;
    }

    /// <summary>Reads what <see cref="Format"/> writes, of this run only.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ConnectionId id, out int length)
    {
        (id, length) = (default, 0);
        var prefix = _run.Length + 1;
        if (utf8.Length <= prefix || utf8[_run.Length] != (byte)'-' || !Ascii.Equals(utf8[.._run.Length], _run)
            || !Utf8Parser.TryParse(utf8[prefix..], out long number, out var digits))
        {
            return false;
        }

        (id, length) = (new ConnectionId(number), prefix + digits);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_run}-{Number}");

    private static string ToBase36(long value)
    {
        var text = "";
        for (; value > 0; value /= Digits.Length)
        {
            text = Digits[(int)(value % Digits.Length)] + text;
        }

        return text;
    }
}
