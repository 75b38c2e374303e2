using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// The one thread that watches every socket somebody waits for (epoll(7), edge-triggered, so one system call for each socket's life). It starts with the
/// first wait: a handler that never waits never has it. What it wakes goes on in the thread pool.
/// </summary>
internal static class Watch
{
    private const int MaxEvents = 256;
    private const int StackSize = 128 * 1024;
    private const int Readable = Libc.EPOLLIN | Libc.EPOLLRDHUP | Libc.EPOLLERR | Libc.EPOLLHUP;
    private const int Writable = Libc.EPOLLOUT | Libc.EPOLLERR | Libc.EPOLLHUP;

    private static readonly Lock _gate = new();
    private static readonly Dictionary<int, Readiness> _watched = [];
    private static int _epoll = -1;

    public static void Begin(int socket, Readiness readiness)
    {
        lock (_gate)
        {
            EnsureStarted();
            _watched[socket] = readiness;
            if (!Control(Libc.EPOLL_CTL_ADD, socket, Libc.EPOLLIN | Libc.EPOLLOUT | Libc.EPOLLRDHUP | Libc.EPOLLET))
            {
                var why = Errno.Text(Errno.Last);
                _watched.Remove(socket);
                throw new IOException($"epoll: {why}");
            }
        }
    }

    /// <summary>Before the socket is closed: another process may hold it too, and then the watch would go on.</summary>
    public static void End(int socket)
    {
        lock (_gate)
        {
            _ = Control(Libc.EPOLL_CTL_DEL, socket, 0);
            _watched.Remove(socket);
        }
    }

    private static void EnsureStarted()
    {
        if (_epoll >= 0)
        {
            return;
        }

        _epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        if (_epoll < 0)
        {
            throw new IOException($"epoll_create1: {Errno.Text(Errno.Last)}");
        }

        new Thread(Go, StackSize) { IsBackground = true, Name = "watch" }.Start();
    }

    private static void Go()
    {
        var events = new byte[MaxEvents * Libc.SizeOfEpollEvent];
        while (true)
        {
            var count = Libc.epoll_wait(_epoll, events, MaxEvents, -1);
            for (var index = 0; index < count; index++)
            {
                var entry = events.AsSpan(index * Libc.SizeOfEpollEvent, Libc.SizeOfEpollEvent);
                Tell(MemoryMarshal.Read<int>(entry[Libc.OffsetOfEpollData..]), MemoryMarshal.Read<int>(entry));
            }
        }
    }

    // A number may belong to a new socket by now. It is woken for nothing then, tries, and waits again.
    private static void Tell(int socket, int events)
    {
        Readiness? readiness;
        lock (_gate)
        {
            _watched.TryGetValue(socket, out readiness);
        }

        if ((events & Readable) != 0)
        {
            readiness?.Reading.Raise();
        }

        if ((events & Writable) != 0)
        {
            readiness?.Writing.Raise();
        }
    }

    private static bool Control(int operation, int socket, int events)
    {
        Span<byte> entry = stackalloc byte[Libc.SizeOfEpollEvent];
        entry.Clear();
        MemoryMarshal.Write(entry, events);
        MemoryMarshal.Write(entry[Libc.OffsetOfEpollData..], socket);
        return Libc.epoll_ctl(_epoll, operation, socket, entry) == 0;
    }
}
