using System.Runtime.InteropServices;

namespace SuperServer.Handlers.Interop;

internal static partial class Libc
{
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_NETLINK = 16;

    public const int SOCK_STREAM = 1;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int SOL_SOCKET = 1;
    public const int SO_TYPE = 3;
    public const int SO_ERROR = 4;
    public const int SO_SNDBUF = 7;
    public const int SO_RCVBUF = 8;
    public const int SO_KEEPALIVE = 9;
    public const int SO_LINGER = 13;
    public const int SO_PEERCRED = 17;
    public const int SO_ACCEPTCONN = 30;
    public const int SO_COOKIE = 57;

    public const int IPPROTO_IP = 0;
    public const int IP_PKTINFO = 8;
    public const int IPPROTO_IPV6 = 41;
    public const int IPV6_RECVPKTINFO = 49;
    public const int IPV6_PKTINFO = 50;

    public const int IPPROTO_TCP = 6;
    public const int TCP_NODELAY = 1;

    public const int SIOCOUTQ = 0x5411;

    public const int NETLINK_SOCK_DIAG = 4;
    public const int SOCK_DIAG_BY_FAMILY = 20;
    public const int NLM_F_REQUEST = 1;
    public const int NLMSG_ERROR = 2;

    public const int MSG_PEEK = 2;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int MSG_CMSG_CLOEXEC = 0x40000000;
    public const int SCM_RIGHTS = 1;
    public const int SHUT_RD = 0;
    public const int SHUT_WR = 1;

    public const short POLLIN = 1;
    public const short POLLOUT = 4;
    public const short POLLERR = 8;
    public const short POLLHUP = 16;

    /// <summary>sizeof(struct sockaddr_storage): room for an address of any family.</summary>
    public const int SockaddrStorageSize = 128;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int socket, int level, int name, Span<byte> value, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setsockopt(int socket, int level, int name, ReadOnlySpan<byte> value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getpeername(int socket, Span<byte> address, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockname(int socket, Span<byte> address, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int connect(int socket, ReadOnlySpan<byte> address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int ioctl(int descriptor, nuint request, out int value);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int accept4(int socket, nint address, nint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int accept4(int socket, Span<byte> address, ref uint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint recv(int socket, Span<byte> buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint send(int socket, ReadOnlySpan<byte> buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint recv(SafeHandle socket, Span<byte> buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint send(SafeHandle socket, ReadOnlySpan<byte> buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int shutdown(SafeHandle socket, int how);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint sendto(
        int socket, ReadOnlySpan<byte> buffer, nuint length, int flags, ReadOnlySpan<byte> address, uint addressLength);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint recvmsg(int socket, ref MsgHdr message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint sendmsg(int socket, in MsgHdr message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int shutdown(int socket, int how);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int socketpair(int family, int type, int protocol, Span<int> ends);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int poll(Span<PollFd> descriptors, nuint count, int timeout);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int fd;
        public short events;
        public short revents;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct IoVec
    {
        public void* iov_base;
        public nuint iov_len;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct MsgHdr
    {
        public void* msg_name;
        public uint msg_namelen;
        public IoVec* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    /// <summary>struct cmsghdr; its data follows.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CmsgHdr
    {
        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;
    }
}
