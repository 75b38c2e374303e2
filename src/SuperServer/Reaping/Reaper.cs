using SuperServer.Interop;
using SuperServer.Launching;

namespace SuperServer.Reaping;

/// <summary>Takes the status of a child that has ended. It asks for this very child by its pidfd, so no pid can be confused.</summary>
internal static class Reaper
{
    /// <summary>The ending, or null when the child still lives.</summary>
    public static Ending? TryReap(Child child)
    {
        Libc.siginfo_t info = default;
        int result;
        do
        {
            result = Libc.waitid(Libc.P_PIDFD, (uint)child.PidFd, ref info, Libc.WEXITED | Libc.WNOHANG);
        }
        while (result != 0 && Errno.Last == Errno.EINTR);

        // Somebody else has reaped it (we ignore no SIGCHLD, so this cannot be): it is over all the same, its status unknown.
        return result != 0 ? new Ending(null, null, child.Age)
            : info.si_pid == 0 ? null
            : info.si_code == Libc.CLD_EXITED ? new Ending(info.si_status, null, child.Age)
            : new Ending(null, info.si_status, child.Age);
    }

    /// <summary>Somebody who has ended and is not buried yet, ours or an orphan; null when there is nobody.</summary>
    public static int? FindDead()
    {
        Libc.siginfo_t info = default;
        var result = Libc.waitid(Libc.P_ALL, 0, ref info, Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT);
        return result == 0 && info.si_pid != 0 ? info.si_pid : null;
    }

    /// <summary>For an orphan that became ours because we are PID 1: nobody wants to know how it ended.</summary>
    public static void Bury(int orphan)
    {
        Libc.siginfo_t info = default;
        _ = Libc.waitid(Libc.P_PID, (uint)orphan, ref info, Libc.WEXITED | Libc.WNOHANG);
    }
}
