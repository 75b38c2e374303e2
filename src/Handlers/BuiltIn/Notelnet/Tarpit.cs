using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// <c>tarpit</c>: a short random line every ten seconds, until the client has had enough. An ssh client takes any line for talk before
/// the greeting, if only it does not start as the greeting does (RFC 4253, 4.2); that no line ever does, whatever the port.
/// </summary>
internal sealed class Tarpit(int socket, int capture, TimeSpan time) : Parting(socket, capture)
{
    public const int Pause = 10_000;

    /// <summary>With its CR LF.</summary>
    public const int MaxLine = 32;

    private const int MinLine = 3;
    private const byte FirstPrintable = 0x20;
    private const int Printables = 95;
    private const int MaxHeard = 4096;

    private long _endsAt;

    /// <summary>When its first bytes are known, what else the client sends is looked at once in a while only: it must not keep us busy.</summary>
    public override short Awaits => WantsMore ? Libc.POLLIN : (short)0;

    public override void Begin(long now)
    {
        Shrink(Libc.SO_SNDBUF);
        Shrink(Libc.SO_RCVBUF);
        _endsAt = now + (long)time.TotalMilliseconds;
        WakesAt = now;
        Step(now);
    }

    public override void Step(long now)
    {
        _ = Hear(BytesIn + MaxHeard);
        if (IsOver || now < WakesAt)
        {
            return;
        }

        if (now >= _endsAt)
        {
            End(TimedOut);
        }
        else if (!Say(Line(stackalloc byte[MaxLine])))
        {
            End(PeerReset);
        }

        WakesAt = Math.Min(now + Pause, _endsAt);
    }

    /// <summary>A line of printable characters that is no ssh greeting, in the room that there is.</summary>
    public static Span<byte> Line(Span<byte> line)
    {
        _ = Libc.getrandom(line, (nuint)line.Length, 0);
        line = line[..(MinLine + (line[^1] % (line.Length - MinLine + 1)))];
        foreach (ref var piece in line[..^2])
        {
            piece = (byte)(FirstPrintable + (piece % Printables));
        }

        if (line.StartsWith("SSH-"u8))
        {
            line[0] = (byte)'s';
        }

        "\r\n"u8.CopyTo(line[^2..]);
        return line;
    }

    // The kernel makes of it the least that it can work with.
    private void Shrink(int buffer)
    {
        ReadOnlySpan<byte> least = [1, 0, 0, 0];
        _ = Libc.setsockopt(Socket, Libc.SOL_SOCKET, buffer, least, (uint)least.Length);
    }
}
