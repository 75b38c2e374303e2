using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Serving;

/// <summary>epoll(7), level-triggered: the same events as poll(2), at a price that does not grow with the number of silent clients.</summary>
internal sealed class Poller
{
    private const int MaxEvents = 256;

    private readonly int _epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
    private readonly byte[] _events = new byte[MaxEvents * Libc.SizeOfEpollEvent];
    private int _count;

    /// <summary>How many of the watched sockets the last wait found ready.</summary>
    public int Count => _count;

    /// <summary>False when the kernel has no memory for it, or the user too many watches.</summary>
    public bool TryWatch(int socket, short events) => Control(Libc.EPOLL_CTL_ADD, socket, events);

    /// <summary>
    /// Tells of what comes and of an end, not of what lies there: for a socket from which nothing is taken until enough has come.
    /// </summary>
    public bool TryWatchForMore(int socket) =>
        Control(Libc.EPOLL_CTL_ADD, socket, (ushort)Libc.POLLIN | Libc.EPOLLRDHUP | Libc.EPOLLET);

    public void Change(int socket, short events) => _ = Control(Libc.EPOLL_CTL_MOD, socket, events);

    /// <summary>To be called before the socket is closed: the daemon may still have it, and then the watch would go on.</summary>
    public void Forget(int socket) => _ = Control(Libc.EPOLL_CTL_DEL, socket, 0);

    /// <summary>Waits for something to become ready, at most so many milliseconds; -1 for as long as it takes.</summary>
    public void Wait(int milliseconds) => _count = Math.Max(0, Libc.epoll_wait(_epoll, _events, MaxEvents, milliseconds));

    /// <summary>One of those that the last wait found, and what it is ready for.</summary>
    public (int Socket, short Events) Ready(int index)
    {
        var entry = _events.AsSpan(index * Libc.SizeOfEpollEvent, Libc.SizeOfEpollEvent);
        return (MemoryMarshal.Read<int>(entry[Libc.OffsetOfEpollData..]), (short)MemoryMarshal.Read<int>(entry));
    }

    private bool Control(int operation, int socket, int events)
    {
        Span<byte> entry = stackalloc byte[Libc.SizeOfEpollEvent];
        entry.Clear();
        MemoryMarshal.Write(entry, events);
        MemoryMarshal.Write(entry[Libc.OffsetOfEpollData..], socket);
        return Libc.epoll_ctl(_epoll, operation, socket, entry) == 0;
    }
}
