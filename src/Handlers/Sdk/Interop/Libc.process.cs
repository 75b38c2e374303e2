using System.Runtime.InteropServices;

namespace SuperServer.Handlers.Interop;

internal static partial class Libc
{
    public const int CLOCK_BOOTTIME = 7;
    public const int SIGPIPE = 13;
    public const int SIGXFSZ = 25;
    public const nint SIG_IGN = 1;
    public const int RLIMIT_CORE = 4;
    public const int RLIMIT_NOFILE = 7;
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_NO_NEW_PRIVS = 38;

    /// <summary>Comes back only when it has failed. The last argument is null.</summary>
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int execv(string path, string?[] arguments);

    [LibraryImport(Library)]
    public static partial uint alarm(uint seconds);

    [LibraryImport(Library)]
    public static partial nint signal(int number, nint handler);

    [LibraryImport(Library)]
    public static partial uint umask(uint mask);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getrlimit(int resource, out RLimit limit);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setrlimit(int resource, in RLimit limit);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint getrandom(Span<byte> buffer, nuint length, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int gethostname(Span<byte> name, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int clock_gettime(int clock, out TimeSpec time);

    [LibraryImport(Library)]
    public static partial nint ctime_r(in long time, Span<byte> text);

    /// <summary>struct rlimit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RLimit
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

    /// <summary>struct timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long tv_sec;
        public long tv_nsec;
    }
}
