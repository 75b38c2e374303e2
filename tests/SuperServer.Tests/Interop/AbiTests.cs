using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SuperServer.Accepting;
using SuperServer.Interop;
using SuperServer.Launching;

namespace SuperServer.Tests.Interop;

/// <summary>What we believe about the C library, put to the C compiler: no review would ever see a wrong offset.</summary>
public sealed class AbiTests
{
    private static readonly string _program = $$"""
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <linux/sock_diag.h>
        #include <poll.h>
        #include <signal.h>
        #include <stddef.h>
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/file.h>
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #include <sys/resource.h>
        #include <sys/prctl.h>
        #include <sys/signalfd.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/wait.h>
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        #include <linux/vm_sockets.h>
        #include <sys/un.h>

        #define SAME(ours, theirs) _Static_assert((ours) == (theirs), #theirs)

        {{Constants(typeof(Libc))}}
        {{Constants(typeof(Errno))}}
        SAME({{Libc.O_NOFOLLOW}}, O_NOFOLLOW);
        SAME({{Libc.O_DIRECTORY}}, O_DIRECTORY);
        SAME({{Libc.SizeOfEpollEvent}}, sizeof(struct epoll_event));
        SAME({{Libc.OffsetOfEpollData}}, offsetof(struct epoll_event, data));
        SAME({{Unsafe.SizeOf<Libc.sockaddr_storage>()}}, sizeof(struct sockaddr_storage));
        SAME({{Unsafe.SizeOf<Libc.ucred>()}}, sizeof(struct ucred));
        SAME({{Unsafe.SizeOf<Libc.linger>()}}, sizeof(struct linger));
        SAME({{Unsafe.SizeOf<Libc.pollfd>()}}, sizeof(struct pollfd));
        SAME({{Unsafe.SizeOf<Libc.msghdr>()}}, sizeof(struct msghdr));
        SAME({{Offset<Libc.msghdr>(nameof(Libc.msghdr.msg_control))}}, offsetof(struct msghdr, msg_control));
        SAME({{Unsafe.SizeOf<Libc.iovec>()}}, sizeof(struct iovec));
        SAME({{Unsafe.SizeOf<Libc.rights>()}}, CMSG_SPACE(sizeof(int)));
        SAME({{Libc.rights.Length}}, CMSG_LEN(sizeof(int)));
        SAME({{Unsafe.SizeOf<Libc.rights>()}}, CMSG_SPACE(2 * sizeof(int)));
        SAME({{Libc.rights.LengthOfTwo}}, CMSG_LEN(2 * sizeof(int)));
        SAME({{Offset<Libc.rights>(nameof(Libc.rights.descriptor))}}, CMSG_LEN(0));
        SAME({{Libc.RUSAGE_SELF}}, RUSAGE_SELF);
        SAME({{Unsafe.SizeOf<Libc.rusage>()}}, sizeof(struct rusage));
        SAME({{Offset<Libc.rusage>(nameof(Libc.rusage.ru_utime_sec))}}, offsetof(struct rusage, ru_utime.tv_sec));
        SAME({{Offset<Libc.rusage>(nameof(Libc.rusage.ru_utime_usec))}}, offsetof(struct rusage, ru_utime.tv_usec));
        SAME({{Offset<Libc.rusage>(nameof(Libc.rusage.ru_stime_sec))}}, offsetof(struct rusage, ru_stime.tv_sec));
        SAME({{Offset<Libc.rusage>(nameof(Libc.rusage.ru_stime_usec))}}, offsetof(struct rusage, ru_stime.tv_usec));
        SAME({{Offset<Libc.rusage>(nameof(Libc.rusage.ru_maxrss))}}, offsetof(struct rusage, ru_maxrss));
        SAME({{Unsafe.SizeOf<Libc.siginfo_t>()}}, sizeof(siginfo_t));
        SAME({{Offset<Libc.siginfo_t>(nameof(Libc.siginfo_t.si_code))}}, offsetof(siginfo_t, si_code));
        SAME({{Offset<Libc.siginfo_t>(nameof(Libc.siginfo_t.si_pid))}}, offsetof(siginfo_t, si_pid));
        SAME({{Offset<Libc.siginfo_t>(nameof(Libc.siginfo_t.si_status))}}, offsetof(siginfo_t, si_status));
        SAME({{Unsafe.SizeOf<Libc.sigset_t>()}}, sizeof(sigset_t));
        SAME({{Unsafe.SizeOf<Libc.signalfd_siginfo>()}}, sizeof(struct signalfd_siginfo));
        SAME({{Offset<Libc.signalfd_siginfo>(nameof(Libc.signalfd_siginfo.ssi_signo))}}, offsetof(struct signalfd_siginfo, ssi_signo));
        SAME({{Unsafe.SizeOf<Libc.statx_t>()}}, sizeof(struct statx));
        SAME({{Offset<Libc.statx_t>(nameof(Libc.statx_t.stx_uid))}}, offsetof(struct statx, stx_uid));
        SAME({{Offset<Libc.statx_t>(nameof(Libc.statx_t.stx_gid))}}, offsetof(struct statx, stx_gid));
        SAME({{Offset<Libc.statx_t>(nameof(Libc.statx_t.stx_mode))}}, offsetof(struct statx, stx_mode));
        SAME({{Offset<Libc.statx_t>(nameof(Libc.statx_t.stx_ino))}}, offsetof(struct statx, stx_ino));
        SAME({{Offset<Libc.statx_t>(nameof(Libc.statx_t.stx_size))}}, offsetof(struct statx, stx_size));
        SAME({{Offset<Libc.statx_t>(nameof(Libc.statx_t.stx_mtime))}}, offsetof(struct statx, stx_mtime));
        SAME({{Unsafe.SizeOf<Libc.statx_timestamp>()}}, sizeof(struct statx_timestamp));
        SAME({{Offset<Libc.statx_timestamp>(nameof(Libc.statx_timestamp.tv_nsec))}}, offsetof(struct statx_timestamp, tv_nsec));
        SAME({{Offset<Libc.statx_t>(nameof(Libc.statx_t.stx_dev_major))}}, offsetof(struct statx, stx_dev_major));
        SAME({{Offset<Libc.statx_t>(nameof(Libc.statx_t.stx_dev_minor))}}, offsetof(struct statx, stx_dev_minor));
        SAME({{Offset<Sockaddr>(nameof(Sockaddr.Port))}}, offsetof(struct sockaddr_in, sin_port));
        SAME({{Offset<Sockaddr>(nameof(Sockaddr.Port))}}, offsetof(struct sockaddr_in6, sin6_port));
        SAME({{SocketName.OffsetOfPath}}, offsetof(struct sockaddr_un, sun_path));
        SAME({{SocketName.OffsetOfVsockPort}}, offsetof(struct sockaddr_vm, svm_port));
        SAME({{SocketName.OffsetOfVsockCid}}, offsetof(struct sockaddr_vm, svm_cid));
        SAME({{SocketName.SizeOfVsock}}, sizeof(struct sockaddr_vm));
        """;

    [Fact]
    public void Every_number_we_use_is_the_compilers()
    {
        using var compiler = Process.Start(new ProcessStartInfo("cc", "-fsyntax-only -x c -")
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        compiler.StandardInput.Write(_program);
        compiler.StandardInput.Close();
        var complaints = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();

        Assert.Equal("", complaints);
        Assert.Equal(0, compiler.ExitCode);
    }

    [Fact]
    public void The_steps_of_a_launch_are_those_of_spawn_c() =>
        Assert.Equal(
            ["None", "Clone", "Signals", "Session", "Descriptors", "Limits", "Directory", "Groups", "Gid", "Uid", "Verify",
                "NoNewPrivileges", "Exec", "Pipe"],
            Enum.GetNames<Spawn.Step>());

    [Fact]
    public void The_daemon_has_no_way_to_read_what_a_client_sends() =>
        Assert.DoesNotContain(typeof(Libc).GetMethods(), method => method.Name.StartsWith("recv", StringComparison.Ordinal));

    private static string Constants(Type type)
    {
        var constants = type.GetFields().Where(field => field.IsLiteral).ToArray();
        Assert.NotEmpty(constants);
        return string.Join('\n', constants.Select(field => $"SAME({field.GetRawConstantValue()}, {field.Name});"));
    }

    private static nint Offset<T>(string field) => Marshal.OffsetOf<T>(field);

    [StructLayout(LayoutKind.Explicit)]
    private struct Sockaddr
    {
        [FieldOffset(2)]
        public ushort Port;
    }
}
