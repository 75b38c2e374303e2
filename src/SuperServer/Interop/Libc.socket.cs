using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SuperServer.Interop;

internal static partial class Libc
{
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;

    public const int SOCK_STREAM = 1;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int SOL_SOCKET = 1;
    public const int SO_REUSEADDR = 2;
    public const int SO_LINGER = 13;
    public const int SO_PEERCRED = 17;
    public const int SO_PEEK_OFF = 42;
    public const int SO_MEMINFO = 55;
    public const int SK_MEMINFO_RMEM_ALLOC = 0;
    public const int SK_MEMINFO_VARS = 9;
    public const short POLLIN = 1;
    public const int SOCK_RAW = 3;
    public const int IPPROTO_IP = 0;
    public const int IPPROTO_RAW = 255;
    public const int IP_PKTINFO = 8;
    public const int IPPROTO_IPV6 = 41;
    public const int IPV6_RECVPKTINFO = 49;
    public const int IPV6_V6ONLY = 26;

    [LibraryImport(Library, SetLastError = true)]
    public static partial FileDescriptor socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bind(FileDescriptor socket, in sockaddr_storage address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int connect(FileDescriptor socket, in sockaddr_storage address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int connect(int socket, in sockaddr_storage address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int listen(FileDescriptor socket, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int accept4(int socket, ref sockaddr_storage address, ref uint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockname(int socket, ref sockaddr_storage address, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setsockopt(int socket, int level, int option, in int value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setsockopt(int socket, int level, int option, in linger value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int socket, int level, int option, ref ucred value, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int socket, int level, int option, ref uint value, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int poll(ref pollfd descriptors, nuint count, int timeout);

    /// <summary>poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    /// <summary>Room for the address of any family (socket(7)); the family stands in the first two bytes.</summary>
    [InlineArray(128)]
    public struct sockaddr_storage
    {
        private byte _first;
    }

    /// <summary>SO_PEERCRED (unix(7)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ucred
    {
        public int pid;
        public uint uid;
        public uint gid;
    }

    /// <summary>SO_LINGER (socket(7)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct linger
    {
        public int l_onoff;
        public int l_linger;
    }
}
