using System.Diagnostics;
using System.Runtime.CompilerServices;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Tests.Sdk.Interop;

/// <summary>What we believe about libc, put to the C compiler of the machine.</summary>
public sealed class AbiTests
{
    private static readonly string _claims = $"""
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <netdb.h>
        #include <linux/inet_diag.h>
        #include <linux/netlink.h>
        #include <linux/sock_diag.h>
        #include <linux/sockios.h>
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        #include <poll.h>
        #include <pwd.h>
        #include <signal.h>
        #include <stddef.h>
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <time.h>
        #include <unistd.h>
        #define SAME(ours, theirs) _Static_assert((ours) == (theirs), #theirs)
        SAME({Errno.EINTR}, EINTR); SAME({Errno.EAGAIN}, EAGAIN); SAME({Errno.ENOMEM}, ENOMEM);
        SAME({Errno.ENFILE}, ENFILE); SAME({Errno.EMFILE}, EMFILE); SAME({Errno.EPROTO}, EPROTO);
        SAME({Errno.ENETDOWN}, ENETDOWN); SAME({Errno.ENETUNREACH}, ENETUNREACH); SAME({Errno.ECONNABORTED}, ECONNABORTED);
        SAME({Errno.ENOBUFS}, ENOBUFS); SAME({Errno.EHOSTDOWN}, EHOSTDOWN); SAME({Errno.EHOSTUNREACH}, EHOSTUNREACH);
        SAME({Libc.AF_UNIX}, AF_UNIX); SAME({Libc.AF_INET}, AF_INET); SAME({Libc.AF_INET6}, AF_INET6);
        SAME({Libc.SOCK_DGRAM}, SOCK_DGRAM); SAME({Libc.SOCK_NONBLOCK}, SOCK_NONBLOCK); SAME({Libc.SOCK_CLOEXEC}, SOCK_CLOEXEC);
        SAME({Libc.SOL_SOCKET}, SOL_SOCKET); SAME({Libc.SO_TYPE}, SO_TYPE); SAME({Libc.SO_ACCEPTCONN}, SO_ACCEPTCONN);
        SAME({Libc.SO_COOKIE}, SO_COOKIE);
        SAME({Libc.IPPROTO_IP}, IPPROTO_IP); SAME({Libc.IP_PKTINFO}, IP_PKTINFO); SAME({Libc.IPPROTO_IPV6}, IPPROTO_IPV6);
        SAME({Libc.IPV6_RECVPKTINFO}, IPV6_RECVPKTINFO); SAME({Libc.IPV6_PKTINFO}, IPV6_PKTINFO);
        SAME({Libc.MSG_DONTWAIT}, MSG_DONTWAIT); SAME({Libc.MSG_NOSIGNAL}, MSG_NOSIGNAL); SAME({Libc.SHUT_WR}, SHUT_WR);
        SAME({Libc.MSG_PEEK}, MSG_PEEK); SAME({Libc.SHUT_RD}, SHUT_RD); SAME({Libc.POLLERR}, EPOLLERR); SAME({Libc.POLLHUP}, EPOLLHUP);
        SAME({Libc.EPOLLRDHUP}, EPOLLRDHUP); SAME({Libc.EPOLLET}, (int)EPOLLET);
        SAME({Libc.EPOLLIN}, EPOLLIN); SAME({Libc.EPOLLOUT}, EPOLLOUT); SAME({Libc.EPOLLERR}, EPOLLERR); SAME({Libc.EPOLLHUP}, EPOLLHUP);
        SAME({Libc.SO_PEERCRED}, SO_PEERCRED); SAME({Libc.F_DUPFD_CLOEXEC}, F_DUPFD_CLOEXEC); SAME({Libc.SIGPIPE}, SIGPIPE);
        SAME({Libc.MSG_CMSG_CLOEXEC}, MSG_CMSG_CLOEXEC); SAME({Libc.SCM_RIGHTS}, SCM_RIGHTS);
        SAME({Libc.POLLIN}, POLLIN); SAME({Libc.POLLOUT}, POLLOUT); SAME({Libc.POLLIN}, EPOLLIN); SAME({Libc.POLLOUT}, EPOLLOUT);
        SAME({Libc.EPOLL_CLOEXEC}, EPOLL_CLOEXEC); SAME({Libc.EPOLL_CTL_ADD}, EPOLL_CTL_ADD);
        SAME({Libc.EPOLL_CTL_DEL}, EPOLL_CTL_DEL); SAME({Libc.EPOLL_CTL_MOD}, EPOLL_CTL_MOD);
        SAME({Libc.SizeOfEpollEvent}, sizeof(struct epoll_event)); SAME({Libc.OffsetOfEpollData}, offsetof(struct epoll_event, data));
        SAME({Libc.O_RDONLY}, O_RDONLY); SAME({Libc.O_WRONLY}, O_WRONLY); SAME({Libc.O_APPEND}, O_APPEND);
        SAME({Libc.O_NONBLOCK}, O_NONBLOCK); SAME({Libc.O_CLOEXEC}, O_CLOEXEC); SAME({Libc.O_NOFOLLOW}, O_NOFOLLOW);
        SAME({Libc.O_RDWR}, O_RDWR); SAME({Libc.SEEK_END}, SEEK_END);
        SAME({Libc.PROT_READ}, PROT_READ); SAME({Libc.PROT_WRITE}, PROT_WRITE); SAME({Libc.MAP_SHARED}, MAP_SHARED);
        SAME({Libc.MAP_FAILED}, (long)MAP_FAILED);
        SAME({Libc.EFD_CLOEXEC}, EFD_CLOEXEC); SAME({Libc.EFD_NONBLOCK}, EFD_NONBLOCK);
        SAME({Libc.SO_SNDBUF}, SO_SNDBUF); SAME({Libc.SO_RCVBUF}, SO_RCVBUF); SAME({Libc.SO_LINGER}, SO_LINGER);
        SAME(8, sizeof(struct linger)); SAME(4, offsetof(struct linger, l_linger));
        SAME({Errno.ENOENT}, ENOENT); SAME({Errno.ENOTDIR}, ENOTDIR); SAME({Libc.AF_NETLINK}, AF_NETLINK); SAME({Libc.F_OK}, F_OK);
        SAME({Libc.NETLINK_SOCK_DIAG}, NETLINK_SOCK_DIAG); SAME({Libc.SOCK_DIAG_BY_FAMILY}, SOCK_DIAG_BY_FAMILY);
        SAME({Libc.NLM_F_REQUEST}, NLM_F_REQUEST); SAME({Libc.NLMSG_ERROR}, NLMSG_ERROR);
        SAME(16, sizeof(struct nlmsghdr)); SAME(56, sizeof(struct inet_diag_req_v2)); SAME(72, sizeof(struct inet_diag_msg));
        SAME(8, offsetof(struct inet_diag_req_v2, id)); SAME(4, offsetof(struct inet_diag_msg, id));
        SAME(36, offsetof(struct inet_diag_sockid, idiag_if)); SAME(64, offsetof(struct inet_diag_msg, idiag_uid));
        SAME({Unsafe.SizeOf<Libc.Passwd>()}, sizeof(struct passwd)); SAME(32, offsetof(struct passwd, pw_dir));
        SAME({Errno.EINPROGRESS}, EINPROGRESS); SAME({Libc.SO_ERROR}, SO_ERROR); SAME({Libc.SO_KEEPALIVE}, SO_KEEPALIVE);
        SAME({Libc.IPPROTO_TCP}, IPPROTO_TCP); SAME({Libc.TCP_NODELAY}, TCP_NODELAY); SAME({Libc.SIOCOUTQ}, SIOCOUTQ);
        SAME({Libc.MSG_TRUNC}, MSG_TRUNC);
        SAME({Errno.ENOSYS}, ENOSYS); SAME({Errno.EOPNOTSUPP}, EOPNOTSUPP);
        SAME({Libc.F_GETFL}, F_GETFL); SAME({Libc.F_SETFL}, F_SETFL);
        SAME({Libc.CLOCK_BOOTTIME}, CLOCK_BOOTTIME); SAME({Libc.RLIMIT_CORE}, RLIMIT_CORE); SAME({Libc.RLIMIT_NOFILE}, RLIMIT_NOFILE);
        SAME({Libc.SIGXFSZ}, SIGXFSZ); SAME({Libc.SIG_IGN}, (long)SIG_IGN);
        SAME({Libc.PR_SET_DUMPABLE}, PR_SET_DUMPABLE); SAME({Libc.PR_SET_NO_NEW_PRIVS}, PR_SET_NO_NEW_PRIVS);
        SAME({Libc.SockaddrStorageSize}, sizeof(struct sockaddr_storage));
        SAME({Unsafe.SizeOf<Libc.PollFd>()}, sizeof(struct pollfd));
        SAME({Unsafe.SizeOf<Libc.IoVec>()}, sizeof(struct iovec));
        SAME({Unsafe.SizeOf<Libc.MsgHdr>()}, sizeof(struct msghdr));
        SAME(16, offsetof(struct msghdr, msg_iov));
        SAME(32, offsetof(struct msghdr, msg_control));
        SAME(48, offsetof(struct msghdr, msg_flags));
        SAME({Unsafe.SizeOf<Libc.CmsgHdr>()}, sizeof(struct cmsghdr));
        SAME({Unsafe.SizeOf<Libc.RLimit>()}, sizeof(struct rlimit));
        SAME({Unsafe.SizeOf<Libc.TimeSpec>()}, sizeof(struct timespec));
        SAME(12, sizeof(struct in_pktinfo)); SAME(4, offsetof(struct in_pktinfo, ipi_spec_dst)); SAME(8, offsetof(struct in_pktinfo, ipi_addr));
        SAME(20, sizeof(struct in6_pktinfo)); SAME(16, offsetof(struct in6_pktinfo, ipi6_ifindex));
        SAME(8, offsetof(struct sockaddr_in6, sin6_addr)); SAME(24, offsetof(struct sockaddr_in6, sin6_scope_id));
        SAME(2, offsetof(struct sockaddr_un, sun_path)); SAME(108, sizeof(((struct sockaddr_un *)0)->sun_path));
        SAME({Libc.SOCK_STREAM}, SOCK_STREAM); SAME({Libc.SOCK_SEQPACKET}, SOCK_SEQPACKET);
        SAME({Libc.NI_MAXHOST}, NI_MAXHOST); SAME({Libc.NI_NAMEREQD}, NI_NAMEREQD); SAME({Libc.EAI_NONAME}, EAI_NONAME);
        SAME({Unsafe.SizeOf<Libc.AddrInfo>()}, sizeof(struct addrinfo));
        SAME(24, offsetof(struct addrinfo, ai_addr)); SAME(40, offsetof(struct addrinfo, ai_next));
        SAME(4, offsetof(struct sockaddr_in, sin_addr));
        SAME(8, sizeof(time_t));
        """;

    [Fact]
    public void The_C_compiler_agrees()
    {
        var start = new ProcessStartInfo("cc", ["-fsyntax-only", "-x", "c", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using var compiler = Process.Start(start)!;
        compiler.StandardInput.Write(_claims);
        compiler.StandardInput.Close();

        Assert.Equal("", compiler.StandardError.ReadToEnd());
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
    }
}
