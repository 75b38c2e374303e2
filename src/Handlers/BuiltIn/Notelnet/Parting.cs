using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// The last moments with the client, in steps that never wait, so that one thread parts from one client or from thousands with the same
/// code. Whoever drives it calls <see cref="Step"/> when the socket is ready for <see cref="Awaits"/> and when <see cref="WakesAt"/>
/// has come.
/// </summary>
internal abstract class Parting(int socket, int capture)
{
    public const string PeerClosed = "peer-closed";
    public const string PeerReset = "peer-reset";
    public const string Drained = "drained";
    public const string TimedOut = "timeout";
    public const string Limit = "limit";
    public const string WeReset = "reset";
    public const string Stopped = "stopped";

    private const int MaxAtOnce = 4096;

    private byte[] _first = [];

    protected int Socket => socket;

    /// <summary>The poll(2) events that lead to the next step.</summary>
    public virtual short Awaits => Libc.POLLIN;

    /// <summary>When the next step is due whatever the client does, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long WakesAt { get; protected set; } = long.MaxValue;

    public bool IsOver { get; private set; }

    /// <summary>How it ended, in the words of the end record.</summary>
    public string Why { get; private set; } = Drained;

    public long BytesOut { get; protected set; }

    public long BytesIn { get; private set; }

    public ReadOnlyMemory<byte> First => _first;

    protected bool WantsMore => _first.Length < capture;

    public abstract void Begin(long now);

    public abstract void Step(long now);

    public void End(string why)
    {
        Why = why;
        IsOver = true;
    }

    /// <summary>Closes the socket, as politely as can be without waiting: a close with unread bytes would be a reset.</summary>
    public virtual void Close()
    {
        _ = Libc.shutdown(socket, Libc.SHUT_WR);
        Span<byte> waste = stackalloc byte[MaxAtOnce];
        _ = Libc.recv(socket, waste, MaxAtOnce, Libc.MSG_DONTWAIT);
        _ = Libc.close(socket);
    }

    /// <summary>Reads what is there and keeps its first bytes; true when that made so many bytes, and over when the client has ended it.</summary>
    protected bool Hear(long limit)
    {
        Span<byte> heard = stackalloc byte[MaxAtOnce];
        while (BytesIn < limit)
        {
            var room = (int)Math.Min(MaxAtOnce, limit - BytesIn);
            var got = (int)Libc.recv(socket, heard, (nuint)room, Libc.MSG_DONTWAIT);
            if (got > 0)
            {
                Keep(heard[..got], got);
            }
            else if (got < 0 && Errno.Last is Errno.EAGAIN or Errno.EINTR)
            {
                return false;
            }
            else
            {
                End(got == 0 ? PeerClosed : PeerReset);
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads for a moment what the client says, and ends when it was enough, or when its time is over.</summary>
    protected void HearOut(long limit, long now)
    {
        if (Hear(limit))
        {
            End(Limit);
        }
        else if (!IsOver && now >= WakesAt)
        {
            End(TimedOut);
        }
    }

    protected void Keep(ReadOnlySpan<byte> bytes, int length)
    {
        BytesIn += length;
        if (WantsMore)
        {
            _first = [.. _first, .. bytes[..Math.Min(bytes.Length, capture - _first.Length)]];
        }
    }

    /// <summary>Sends without waiting; false when the client is gone.</summary>
    protected bool Say(ReadOnlySpan<byte> words)
    {
        var sent = Libc.send(socket, words, (nuint)words.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
        BytesOut += Math.Max(0, sent);
        return sent >= 0 || Errno.Last is Errno.EAGAIN or Errno.EINTR;
    }
}
