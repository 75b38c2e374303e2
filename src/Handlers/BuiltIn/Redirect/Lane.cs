using System.Buffers;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// One direction of a relay: what one socket says goes to the other, then its end. It takes no more than it can pass on, so that a slow
/// listener slows the speaker down, and between two steps it holds no buffer unless something is left over.
/// </summary>
internal sealed class Lane
{
    // So that one busy relay does not keep the others of its thread waiting.
    private const int MostRounds = 4;
    private const int Length = 64 * 1024;

    // All lanes of a thread fetch into the same one; what could not be passed on at once is kept by each for itself.
    [ThreadStatic]
    private static byte[]? _fetched;

    private readonly int _from;
    private readonly int _to;
    private byte[]? _left;
    private int _start;
    private int _end;

    /// <param name="from">The socket that speaks.</param>
    /// <param name="to">The socket that is spoken to.</param>
    /// <param name="first">What is said before anything else; it does not count.</param>
    public Lane(int from, int to, ReadOnlySpan<byte> first)
    {
        (_from, _to) = (from, to);
        Keep(first);
    }

    /// <summary>How many bytes have come.</summary>
    public long Count { get; private set; }

    /// <summary>The end has come and was passed on, or there is nobody any more to pass anything on to.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The speaker is gone, without an end: whatever it was told is lost as well.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The listener does not listen any more.</summary>
    public bool IsUnheard { get; private set; }

    public bool WantsToHear => !IsOver && _left is null;

    public bool WantsToSay => !IsOver && _left is not null;

    /// <summary>Goes as far as it can without waiting; false when nothing moved.</summary>
    public bool Move()
    {
        var hasMoved = false;
        for (var round = 0; round < MostRounds && !IsOver; round++)
        {
            if (!(_left is null ? Fetch() : Say(_left.AsSpan(_start.._end))))
            {
                break;
            }

            hasMoved = true;
        }

        return hasMoved;
    }

    /// <summary>Nobody needs what is still on its way.</summary>
    public void Close()
    {
        IsOver = true;
        Return();
    }

    private bool Fetch()
    {
        var fetched = _fetched ??= new byte[Length];
        var got = (int)Libc.recv(_from, fetched, Length, Libc.MSG_DONTWAIT);
        if (got > 0)
        {
            Count += got;
            _ = Say(fetched.AsSpan(0, got));
            return true;
        }

        if (got < 0 && Errno.Last is Errno.EAGAIN or Errno.EINTR)
        {
            return false;
        }

        IsCut = got < 0;
        if (!IsCut)
        {
            _ = Libc.shutdown(_to, Libc.SHUT_WR);       // an end that never came must not be passed on: what was cut off would look whole
        }

        Close();
        return true;
    }

    // True when some of it was said.
    private bool Say(ReadOnlySpan<byte> words)
    {
        var said = (int)Libc.send(_to, words, (nuint)words.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
        if (said < 0 && Errno.Last is not (Errno.EAGAIN or Errno.EINTR))
        {
            IsUnheard = true;
            Close();
            return true;
        }

        said = Math.Max(said, 0);
        if (said == words.Length)
        {
            Return();
        }
        else if (_left is null)
        {
            Keep(words[said..]);
        }
        else
        {
            _start += said;
        }

        return said > 0;
    }

    private void Keep(ReadOnlySpan<byte> words)
    {
        if (!words.IsEmpty)
        {
            _left = ArrayPool<byte>.Shared.Rent(words.Length);
            words.CopyTo(_left);
            (_start, _end) = (0, words.Length);
        }
    }

    private void Return()
    {
        if (_left is not null)
        {
            ArrayPool<byte>.Shared.Return(_left);
            _left = null;
        }
    }
}
