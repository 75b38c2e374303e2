using Serilog.Events;
using SuperServer.Interop;
using SuperServer.Launching;

namespace SuperServer.Recording;

/// <summary>
/// What a child says on its standard error, cut into lines. A line may begin with its level as sd-daemon(3) has it, <c>&lt;4&gt;</c> for a
/// warning; what a child calls worse than an error is an error to us. It lives as long as somebody holds the other end of the pipe,
/// which may be longer than the child.
/// </summary>
internal sealed class ChildWords(string service, ConnectionId id, int pipe) : IDisposable
{
    private const int LongestLine = 4096;

    private readonly byte[] _line = new byte[LongestLine];
    private int _length;
    private bool _isRest;
    private LogEventLevel _level;

    public string Service { get; } = service;

    public ConnectionId Id { get; } = id;

    public int Pipe { get; } = pipe;

    /// <summary>Reads once and hands every complete line to <paramref name="say"/>; false when the other end is closed.</summary>
    public unsafe bool Listen(Action<ChildWords, LogEventLevel, string> say)
    {
        var buffer = stackalloc byte[LongestLine];
        var length = Libc.read(Pipe, buffer, LongestLine);
        if (length < 0)
        {
            return Errno.Last is Errno.EAGAIN or Errno.EINTR;
        }

        foreach (var letter in new ReadOnlySpan<byte>(buffer, (int)length))
        {
            Take(letter, say);
        }

        if (length == 0)
        {
            Speak(say);
        }

        return length > 0;
    }

    public void Dispose() => _ = Libc.close(Pipe);

    private void Take(byte letter, Action<ChildWords, LogEventLevel, string> say)
    {
        if (letter != (byte)'\n')
        {
            _line[_length++] = letter;
        }

        if (letter == (byte)'\n' || _length == LongestLine)
        {
            Speak(say);
        }
    }

    private void Speak(Action<ChildWords, LogEventLevel, string> say)
    {
        var line = TakeLevel(_line.AsSpan(0, _length)).TrimEnd((byte)'\r');
        if (!line.IsEmpty)
        {
            say(this, _level, StrangerText.Escape(line));
        }

        _isRest = _length == LongestLine;
        _length = 0;
    }

    // The rest of a line that was too long has the level of its beginning, whatever it looks like.
    private ReadOnlySpan<byte> TakeLevel(ReadOnlySpan<byte> line)
    {
        if (_isRest)
        {
            return line;
        }

        var isPrefixed = line is [(byte)'<', >= (byte)'0' and <= (byte)'7', (byte)'>', ..];
        _level = isPrefixed ? LevelOf(line[1] - '0') : LogEventLevel.Information;
        return isPrefixed ? line[3..] : line;
    }

    private static LogEventLevel LevelOf(int priority) => priority switch
    {
        <= 3 => LogEventLevel.Error,
        4 => LogEventLevel.Warning,
        7 => LogEventLevel.Debug,
        _ => LogEventLevel.Information,
    };
}
