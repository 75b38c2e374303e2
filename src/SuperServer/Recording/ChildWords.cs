using SuperServer.Interop;
using SuperServer.Launching;

namespace SuperServer.Recording;

/// <summary>
/// What a child says on its standard error, cut into lines. It lives as long as somebody holds the other end of the pipe,
/// which may be longer than the child.
/// </summary>
internal sealed class ChildWords(string service, ConnectionId id, int pipe) : IDisposable
{
    private const int LongestLine = 4096;

    private readonly byte[] _line = new byte[LongestLine];
    private int _length;

    public string Service { get; } = service;

    public ConnectionId Id { get; } = id;

    public int Pipe { get; } = pipe;

    /// <summary>Reads once and hands every complete line to <paramref name="say"/>; false when the other end is closed.</summary>
    public unsafe bool Listen(Action<ChildWords, string> say)
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

    private void Take(byte letter, Action<ChildWords, string> say)
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

    private void Speak(Action<ChildWords, string> say)
    {
        var line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');
        if (!line.IsEmpty)
        {
            say(this, StrangerText.Escape(line));
        }

        _length = 0;
    }
}
