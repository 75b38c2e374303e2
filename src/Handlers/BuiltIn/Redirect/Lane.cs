using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// One direction of a relay: what one socket says goes to the other, then its end. What cannot be passed on stays where it is, in the
/// kernel's queue of the speaker, who is slowed down by that; so a lane holds no buffer, however slow its listener.
/// </summary>
/// <param name="from">The socket that speaks.</param>
/// <param name="to">The socket that is spoken to.</param>
/// <param name="first">What is said before anything else; it does not count.</param>
internal sealed class Lane(int from, int to, ReadOnlyMemory<byte> first)
{
    // So that one busy relay does not keep the others of its thread waiting.
    private const int MostRounds = 4;
    private const int Length = 64 * 1024;

    // All lanes of a thread look into the same one.
    [ThreadStatic]
    private static byte[]? _seen;

    private ReadOnlyMemory<byte> _first = first;
    private bool _isBlocked;

    /// <summary>How many bytes were passed on.</summary>
    public long Count { get; private set; }

    /// <summary>The end has come and was passed on, or there is nobody any more to pass anything on to.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The speaker is gone, without an end: whatever it was told is lost as well.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The listener does not listen any more.</summary>
    public bool IsUnheard { get; private set; }

    public bool WaitsForSpeaker => !IsOver && !_isBlocked;

    public bool WaitsForListener => !IsOver && _isBlocked;

    /// <summary>Goes as far as it can without waiting; false when nothing moved.</summary>
    public bool Move()
    {
        _isBlocked = false;
        var hasMoved = false;
        for (var round = 0; round < MostRounds && !IsOver && !_isBlocked; round++)
        {
            if (!(_first.IsEmpty ? PassOn() : Introduce()))
            {
                break;
            }

            hasMoved = true;
        }

        return hasMoved;
    }

    private bool Introduce()
    {
        var said = Say(_first.Span);
        _first = _first[said..];
        return said > 0;
    }

    private bool PassOn()
    {
        var seen = _seen ??= new byte[Length];
        var got = (int)Libc.recv(from, seen, Length, Libc.MSG_DONTWAIT | Libc.MSG_PEEK);
        if (got > 0)
        {
            return Take(seen, Say(seen.AsSpan(0, got)));
        }

        if (got < 0 && Errno.Last is Errno.EAGAIN or Errno.EINTR)
        {
            return false;
        }

        IsOver = true;
        IsCut = got < 0;
        if (!IsCut)
        {
            _ = Libc.shutdown(to, Libc.SHUT_WR);       // an end that never came must not be passed on: what was cut off would look whole
        }

        return true;
    }

    // With MSG_TRUNC TCP throws away what we have seen already; a Unix socket copies it once more.
    private bool Take(byte[] seen, int said)
    {
        if (said > 0)
        {
            _ = Libc.recv(from, seen, (nuint)said, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
            Count += said;
        }

        return said > 0 || IsOver;
    }

    private int Say(ReadOnlySpan<byte> words)
    {
        var said = (int)Libc.send(to, words, (nuint)words.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
        if (said < 0 && Errno.Last is not (Errno.EAGAIN or Errno.EINTR))
        {
            (IsOver, IsUnheard) = (true, true);
        }

        said = Math.Max(said, 0);
        _isBlocked = said < words.Length;
        return said;
    }
}
