using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// Becomes the program of a service in this very process: its user, its environment, and the terminal that we were started on.
/// There is no way back: each step either holds or ends the attempt with a sentence.
/// </summary>
internal static unsafe class Transformation
{
    private const nint Default = 0;
    private const int FirstFile = 3;

    /// <summary>Returns only if that failed, and says why.</summary>
    public static string Become(ServiceDefinition service)
    {
        using var arguments = new NativeStrings(service.Arguments);
        using var environment = new NativeStrings(
            [.. service.Environment.Select(variable => $"{variable.Name}={variable.Value}")]);
        using var path = new NativeStrings([service.Program]);

        _ = Libc.umask((uint)service.Umask);
        var files = OpenAbove(service.OpenFiles);      // as who we still are
        if (service.Identity.IsSwitched && WhyNot(service.Identity) is { } why)
        {
            return why;
        }

        if (service.NoNewPrivileges && Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        {
            return Failure("prctl");
        }

        _ = Libc.signal(Libc.SIGPIPE, Default);     // our runtime ignores it, and what is ignored stays so
        for (var i = 0; i < files.Length; i++)
        {
            // Over descriptors that our runtime may have there: from here on it has no more to do but to end.
            _ = Libc.dup2(files[i], FirstFile + i);
        }

        _ = Libc.execve(path.Pointers[0], arguments.Pointers, environment.Pointers);
        return Failure($"execve {service.Program}");
    }

    /// <summary>Out of the way of the places where they have to go; -1 for one that cannot be opened, whose place stays as it is.</summary>
    private static int[] OpenAbove(ValueList<string> paths) =>
        [.. paths.Select(path => OpenAbove(path, FirstFile + paths.Count))];

    private static int OpenAbove(string path, int least)
    {
        var file = Libc.open(path, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0);
        return file < 0 || file >= least ? file : Libc.fcntl(file, Libc.F_DUPFD_CLOEXEC, least);
    }

    /// <summary>The C library's calls, which do it for all threads of the runtime.</summary>
    private static string? WhyNot(Identity identity)
    {
        var (uid, gid) = (identity.Uid, identity.Gid);
        fixed (uint* groups = identity.SupplementaryGroups.AsSpan())
        {
            return Libc.setgroups((nuint)identity.SupplementaryGroups.Count, groups) != 0 ? Failure("setgroups")
                : Libc.setresgid(gid, gid, gid) != 0 ? Failure("setresgid")
                : Libc.setresuid(uid, uid, uid) != 0 ? Failure("setresuid")
                : IsNow(identity) ? null
                : $"this process cannot become {identity.User} for good";
        }
    }

    /// <summary>A drop that can be undone is none: the saved ids must be gone, and root must be out of reach.</summary>
    private static bool IsNow(Identity identity) =>
        Libc.getresuid(out var real, out var effective, out var saved) == 0
        && real == identity.Uid && effective == identity.Uid && saved == identity.Uid
        && Libc.getresgid(out real, out effective, out saved) == 0
        && real == identity.Gid && effective == identity.Gid && saved == identity.Gid
        && (identity.Uid == 0 || Libc.setuid(0) != 0);

    private static string Failure(string step) => $"{step}: {Errno.Say(Errno.Last)}";
}
