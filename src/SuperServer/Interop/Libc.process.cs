using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SuperServer.Interop;

internal static partial class Libc
{
    public const int P_ALL = 0;
    public const int P_PID = 1;
    public const int P_PIDFD = 3;
    public const int WEXITED = 4;
    public const int WNOHANG = 1;
    public const int WNOWAIT = 0x01000000;
    public const int CLD_EXITED = 1;
    public const int RUSAGE_SELF = 0;

    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGKILL = 9;
    public const int SIGUSR1 = 10;
    public const int SIGUSR2 = 12;
    public const int SIGPIPE = 13;
    public const int SIGTERM = 15;

    public const int SFD_CLOEXEC = 0x80000;
    public const int SFD_NONBLOCK = 0x800;

    public const int PR_SET_NO_NEW_PRIVS = 38;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int waitid(int idType, uint id, ref siginfo_t info, int options);

    /// <summary>As waitid, and tells what the child has used.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int wait4(int pid, out int status, int options, ref rusage usage);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getrusage(int who, ref rusage usage);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int kill(int pid, int signal);

    /// <summary>signal(2); the disposition 0 is the default one.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint signal(int number, nint disposition);

    /// <summary>A default <see cref="sigset_t"/> is the empty set.</summary>
    [LibraryImport(Library)]
    public static partial int sigaddset(ref sigset_t set, int number);

    [LibraryImport(Library, SetLastError = true)]
    public static partial FileDescriptor signalfd(int descriptor, in sigset_t mask, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int prctl(int operation, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport(Library)]
    public static partial int getpid();

    [LibraryImport(Library)]
    public static partial uint geteuid();

    [LibraryImport(Library)]
    public static partial uint getegid();

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    public struct sigset_t;

    /// <summary>What signalfd(2) tells of a signal; of it we read the number.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    public struct signalfd_siginfo
    {
        [FieldOffset(0)]
        public int ssi_signo;
    }

    /// <summary>What waitid tells of an ending (sigaction(2)): the three fields we read lie at fixed places on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    public struct siginfo_t
    {
        [FieldOffset(8)]
        public int si_code;

        [FieldOffset(16)]
        public int si_pid;

        [FieldOffset(24)]
        public int si_status;
    }

    /// <summary>What a process has used (getrusage(2)); the fields that we read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    public struct rusage
    {
        [FieldOffset(0)]
        public long ru_utime_sec;

        [FieldOffset(8)]
        public long ru_utime_usec;

        [FieldOffset(16)]
        public long ru_stime_sec;

        [FieldOffset(24)]
        public long ru_stime_usec;

        [FieldOffset(32)]
        public long ru_maxrss;
    }
}
