using System.Globalization;
using System.Text;

namespace SuperServer.Handlers;

/// <summary>
/// What a handler says to the administrator, on standard error: a line begins with its level as sd-daemon(3) has it (<c>&lt;4&gt;</c> is a warning) and, where
/// one process serves many clients, with the connection in brackets. The daemon keeps both. Any thread may write; a line is one write(2) and never mixed with
/// another. What a client sent may be in it: the daemon makes it harmless. Nothing is said where standard error is the client itself, as under an old inetd.
/// </summary>
public sealed class Log
{
    // As syslog(3) numbers them.
    private const int ErrorLevel = 3;
    private const int WarningLevel = 4;
    private const int InformationLevel = 6;
    private const int DebugLevel = 7;

    // In bytes and with its end: the daemon takes no longer line, and the kernel promises no longer one in one piece (PIPE_BUF).
    private const int LongestLine = 4096;

    private readonly string _subject;
    private readonly Action<int, string>? _listener;

    internal Log(string? connection = null, Action<int, string>? listener = null)
    {
        _subject = connection is null ? "" : $"[{connection}] ";
        _listener = listener;
    }

    /// <summary>Something that only an author wants to know; the daemon shows it when its <c>log.level</c> is <c>debug</c>.</summary>
    /// <param name="message">Each line of it becomes a line.</param>
    public void Debug(string message) => Say(DebugLevel, message);

    /// <summary>Something that happened as it should.</summary>
    /// <param name="message">Each line of it becomes a line.</param>
    public void Information(string message) => Say(InformationLevel, message);

    /// <summary>Something that should not have happened; the service goes on.</summary>
    /// <param name="message">Each line of it becomes a line.</param>
    public void Warning(string message) => Say(WarningLevel, message);

    /// <summary>Something that an administrator has to look at.</summary>
    /// <param name="message">Each line of it becomes a line.</param>
    public void Error(string message) => Say(ErrorLevel, message);

    private void Say(int level, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        foreach (var line in message.AsSpan().EnumerateLines())
        {
            if (_listener is not null)
            {
                _listener(level, line.ToString());
            }
            else if (!line.IsWhiteSpace())
            {
                Output.Complain(Compose(level, line));
            }
        }
    }

    private string Compose(int level, ReadOnlySpan<char> line)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"<{level}>{_subject}{line}");
        Span<byte> room = stackalloc byte[LongestLine - 1];
        Encoding.UTF8.GetEncoder().Convert(text, room, flush: false, out var fitting, out _, out _);
        return text[..fitting];
    }
}
