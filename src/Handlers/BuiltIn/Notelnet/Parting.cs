using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// The last seconds with the client: maybe a notice, then reading what it sends, so that the close is a FIN. A close with unread bytes is
/// a reset, and it would destroy the notice under a telnet client, which sends its options at once.
/// </summary>
internal sealed class Parting(int socket, int capture)
{
    private const int MaxAfterNotice = 4096;
    private const int MaxInSilence = Alerts.EndRecord.MaxFirst;
    private static readonly TimeSpan _patienceAfterNotice = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _patienceInSilence = TimeSpan.FromSeconds(1.5);

    private readonly byte[] _heard = new byte[MaxAfterNotice];
    private bool _wasReset;

    public string Why { get; private set; } = "drained";

    public long BytesOut { get; private set; }

    public int BytesIn { get; private set; }

    public ReadOnlyMemory<byte> First => _heard.AsMemory(0, Math.Min(BytesIn, capture));

    /// <summary>Says the notice, in one send that does not wait: a client that does not read cannot hold us.</summary>
    public void Speak(ReadOnlySpan<byte> notice)
    {
        var sent = Libc.send(socket, notice, (nuint)notice.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
        _wasReset = sent < 0 && Errno.Last != Errno.EAGAIN;
        BytesOut = Math.Max(0, sent);
        _ = Libc.shutdown(socket, Libc.SHUT_WR);
        Why = Drain(MaxAfterNotice, _patienceAfterNotice);
    }

    /// <summary>Says nothing, and hears for a moment what the client opens with.</summary>
    public void Listen()
    {
        if (capture > 0)
        {
            Why = Drain(MaxInSilence, _patienceInSilence);
        }
    }

    /// <summary>Closes every descriptor that is the client, as politely as can be without waiting.</summary>
    public void Close()
    {
        _ = Libc.shutdown(socket, Libc.SHUT_WR);
        Span<byte> waste = stackalloc byte[MaxAfterNotice];
        _ = Libc.recv(socket, waste, MaxAfterNotice, Libc.MSG_DONTWAIT);
        foreach (var descriptor in (ReadOnlySpan<int>)[2, 1])
        {
            if (InheritedSocket.AreSame(socket, descriptor))
            {
                _ = Libc.close(descriptor);
            }
        }

        _ = Libc.close(socket);
    }

    private string Drain(int limit, TimeSpan patience)
    {
        var until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (BytesIn < limit)
        {
            var got = (int)Libc.recv(socket, _heard.AsSpan(BytesIn), (nuint)(limit - BytesIn), Libc.MSG_DONTWAIT);
            if (got > 0)
            {
                BytesIn += got;
            }
            else if (got == 0)
            {
                return _wasReset ? "peer-reset" : "peer-closed";
            }
            else if (Errno.Last is not (Errno.EAGAIN or Errno.EINTR))
            {
                return "peer-reset";
            }
            else if (!Wait(until))
            {
                return "timeout";
            }
        }

        return "limit";
    }

    private bool Wait(long until)
    {
        var left = until - Environment.TickCount64;
        Span<Libc.PollFd> polled = [new() { fd = socket, events = Libc.POLLIN }];
        return left > 0 && Libc.poll(polled, 1, (int)left) != 0;
    }
}
