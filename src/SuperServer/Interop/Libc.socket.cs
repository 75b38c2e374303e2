using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SuperServer.Interop;

internal static partial class Libc
{
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_VSOCK = 40;

    public const int SOCK_STREAM = 1;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int SOL_SOCKET = 1;
    public const int SO_REUSEADDR = 2;
    public const int SO_TYPE = 3;
    public const int SO_SNDBUF = 7;
    public const int SO_RCVBUF = 8;
    public const int SO_KEEPALIVE = 9;
    public const int SO_LINGER = 13;
    public const int SO_REUSEPORT = 15;
    public const int SO_PEERCRED = 17;
    public const int SO_BINDTODEVICE = 25;
    public const int SO_ACCEPTCONN = 30;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_MARK = 36;
    public const int SO_PROTOCOL = 38;
    public const int SO_DOMAIN = 39;
    public const int SO_PEEK_OFF = 42;
    public const int SO_MEMINFO = 55;
    public const int SO_BUF_LOCK = 72;
    public const int SK_MEMINFO_RMEM_ALLOC = 0;
    public const int SK_MEMINFO_VARS = 9;
    public const short POLLIN = 1;
    public const short POLLOUT = 4;
    public const int IPPROTO_IP = 0;
    public const int IP_TOS = 1;
    public const int IP_TTL = 2;
    public const int IP_FREEBIND = 15;
    public const int IP_TRANSPARENT = 19;
    public const int IPPROTO_IPV6 = 41;
    public const int IPV6_UNICAST_HOPS = 16;
    public const int SOCK_RAW = 3;
    public const int IPPROTO_RAW = 255;
    public const int IP_PKTINFO = 8;
    public const int IPV6_RECVPKTINFO = 49;
    public const int IPV6_V6ONLY = 26;
    public const int IPV6_TCLASS = 67;
    public const int IPV6_TRANSPARENT = 75;
    public const int IPV6_FREEBIND = 78;
    public const int IPPROTO_TCP = 6;
    public const int IPPROTO_UDP = 17;
    public const int TCP_NODELAY = 1;
    public const int TCP_KEEPIDLE = 4;
    public const int TCP_KEEPINTVL = 5;
    public const int TCP_KEEPCNT = 6;
    public const int TCP_DEFER_ACCEPT = 9;
    public const int TCP_CONGESTION = 13;
    public const int IPPROTO_MPTCP = 262;
    public const uint VMADDR_CID_ANY = uint.MaxValue;
    public const uint VMADDR_PORT_ANY = uint.MaxValue;
    public const uint FIONREAD = 0x541b;

    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;

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
    public static partial int setsockopt(int socket, int level, int option, in byte value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setsockopt(int socket, int level, int option, in linger value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int socket, int level, int option, ref ucred value, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int socket, int level, int option, ref uint value, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int socket, int level, int option, ref int value, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int socket, int level, int option, ref byte value, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int ioctl(int descriptor, nuint request, ref int value);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int poll(ref pollfd descriptors, nuint count, int timeout);

    [LibraryImport(Library, SetLastError = true)]
    public static unsafe partial nint send(int socket, byte* bytes, nuint count, int flags);

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
