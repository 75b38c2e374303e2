using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer.Commands.Try;

/// <summary>How a child ended, and what it has used of the machine (getrusage(2)).</summary>
/// <param name="Ending">How, and after what time.</param>
/// <param name="User">Time that it computed.</param>
/// <param name="System">Time that the kernel worked for it.</param>
/// <param name="Memory">The most that it had at once, in bytes.</param>
/// <param name="OurMemory">
/// The most that we had. Before it became its program the child had our memory, which the kernel counts: a program that takes less
/// is known to take less, and no more than that.
/// </param>
internal sealed record Resources(Ending Ending, TimeSpan User, TimeSpan System, long Memory, long OurMemory)
{
    private const int SignalBits = 0x7f;

    /// <summary>Null while it lives.</summary>
    public static Resources? TryReap(Child child)
    {
        Libc.rusage usage = default;
        var pid = Libc.wait4(child.Pid, out var status, Libc.WNOHANG, ref usage);
        if (pid != child.Pid)
        {
            return null;
        }

        Libc.rusage ours = default;
        _ = Libc.getrusage(Libc.RUSAGE_SELF, ref ours);
        var signal = status & SignalBits;
        return new Resources(
            signal == 0 ? new Ending((status >> 8) & 0xff, null, child.Age) : new Ending(null, signal, child.Age),
            Time(usage.ru_utime_sec, usage.ru_utime_usec), Time(usage.ru_stime_sec, usage.ru_stime_usec), usage.ru_maxrss * 1024,
            ours.ru_maxrss * 1024);
    }

    private static TimeSpan Time(long seconds, long microseconds) => TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(microseconds);
}
