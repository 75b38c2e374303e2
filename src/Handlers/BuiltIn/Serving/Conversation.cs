using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>
/// A talk with one client over a stream, in steps that never wait: each does what can be done now and says what it needs next.
/// So one thread serves one client or a thousand with the same code, whether the socket blocks or not.
/// </summary>
internal abstract class Conversation(int socket)
{
    /// <summary>What <see cref="Continue"/> gives when there is nothing more to say.</summary>
    protected const short Over = 0;

    /// <summary>What <see cref="Receive"/> and <see cref="Send"/> give when the kernel has nothing, or no room, for now.</summary>
    protected const int NotNow = -1;

    /// <summary>The client has ended its side, or is gone.</summary>
    protected const int Gone = 0;

    public int Socket => socket;

    /// <summary>The poll(2) events that the next step waits for; none when the conversation is over.</summary>
    public short Awaits { get; private set; }

    /// <summary>When the conversation is over whatever the client does, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline { get; protected set; } = long.MaxValue;

    public bool IsOver => Awaits == Over || Environment.TickCount64 >= Deadline;

    public void Step(short ready) => Awaits = Continue(ready);

    /// <summary>Goes on after <paramref name="ready"/> has come (nothing, at the start); gives the events to wait for.</summary>
    protected abstract short Continue(short ready);

    protected int Receive(Span<byte> buffer)
    {
        var got = (int)Libc.recv(socket, buffer, (nuint)buffer.Length, Libc.MSG_DONTWAIT);
        return got >= 0 ? got : Failed();
    }

    protected int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = (int)Libc.send(socket, bytes, (nuint)bytes.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
        return sent >= 0 ? sent : Failed();
    }

    private static int Failed() => Errno.Last is Errno.EAGAIN or Errno.EINTR ? NotNow : Gone;
}
