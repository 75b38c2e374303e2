using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SuperServer.Handlers.Interop;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace SuperServer.Handlers.Tests.Support;

/// <summary>The few calls with which a test does what an inetd does.</summary>
internal static partial class Posix
{
    public const int SIGKILL = 9;
    public const int SIGALRM = 14;
    public const int SIGTERM = 15;
    public const int WNOHANG = 1;
    public const int RLIMIT_FSIZE = 1;
    public const short POSIX_SPAWN_SETSIGDEF = 4;
    public const short POSIX_SPAWN_SETSIGMASK = 8;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_TRUNC = 0x200;

    // Larger than any libc's posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t.
    public const int OpaqueSize = 512;

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(
        out int pid, string path, Span<byte> actions, Span<byte> attributes, Span<nint> arguments, Span<nint> environment);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(Span<byte> actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(Span<byte> actions, int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addopen(Span<byte> actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(Span<byte> actions);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_init(Span<byte> attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setflags(Span<byte> attributes, short flags);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigdefault(Span<byte> attributes, ReadOnlySpan<byte> signals);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigmask(Span<byte> attributes, ReadOnlySpan<byte> signals);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socketpair(int family, int type, int protocol, Span<int> ends);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prlimit(int pid, int resource, in Libc.RLimit limit, nint former);
}
