using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// What the tripwire gives up before it looks at anything: it needs sockets, one file to append to, and time. A refusal here is no
/// reason to stay silent about a visitor, so none is looked at.
/// </summary>
internal static class Confinement
{
    private const uint HardStop = 5;
    private const uint NothingForOthers = 0x3f;
    private const ulong Descriptors = 16;

    /// <summary>For a process that one client has: one socket, and seconds.</summary>
    public static void EnterForOne()
    {
        // Whatever hangs, a disk or a peer, the kernel ends us; the default action kills, and the record is long on disk.
        _ = Libc.alarm(HardStop);
        Enter();

        // Compiled ahead of time, nothing is left to load; under dotnet run the runtime still opens a file for each assembly of this list.
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null)
        {
            _ = Libc.setrlimit(Libc.RLIMIT_NOFILE, new Libc.RLimit { rlim_cur = Descriptors, rlim_max = Descriptors });
        }
    }

    /// <summary>For a process that serves many: a client is a descriptor, and the usual limit of 1024 is for programs with select(2).</summary>
    public static void EnterForMany()
    {
        Enter();
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, out var limit) == 0)
        {
            _ = Libc.setrlimit(Libc.RLIMIT_NOFILE, limit with { rlim_cur = limit.rlim_max });
        }
    }

    /// <summary>How many descriptors this process may have.</summary>
    public static int MostDescriptors() =>
        Libc.getrlimit(Libc.RLIMIT_NOFILE, out var limit) == 0 ? (int)Math.Min(limit.rlim_cur, int.MaxValue) : int.MaxValue;

    private static void Enter()
    {
        // A file that may not grow is a full disk, and no reason to die of.
        _ = Libc.signal(Libc.SIGXFSZ, Libc.SIG_IGN);
        _ = Libc.umask(NothingForOthers);
        _ = Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        _ = Libc.prctl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0);
        _ = Libc.setrlimit(Libc.RLIMIT_CORE, default);
    }
}
