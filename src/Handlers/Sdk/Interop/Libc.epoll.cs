using System.Runtime.InteropServices;

namespace SuperServer.Handlers.Interop;

internal static partial class Libc
{
    public const int EPOLL_CLOEXEC = 0x80000;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;

    public const int EPOLLIN = 1;
    public const int EPOLLOUT = 4;
    public const int EPOLLERR = 8;
    public const int EPOLLHUP = 0x10;
    public const int EPOLLRDHUP = 0x2000;
    public const int EPOLLET = int.MinValue;

    /// <summary>struct epoll_event is packed on x86-64 and not on arm64 (epoll_event(3type)).</summary>
    public static int SizeOfEpollEvent => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Where epoll_event.data begins.</summary>
    public static int OffsetOfEpollData => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_ctl(int epoll, int operation, int descriptor, ReadOnlySpan<byte> @event);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_wait(int epoll, Span<byte> events, int maxEvents, int timeout);
}
