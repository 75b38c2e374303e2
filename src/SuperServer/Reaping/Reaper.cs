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
}
