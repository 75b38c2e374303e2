using System.Runtime.InteropServices;
using NativeClock = SuperServer.Handlers.Interop.Libc;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The clock all waits are measured by: CLOCK_BOOTTIME, which nobody can set and which goes on while the machine sleeps. The
/// system's own <see cref="TimeProvider"/> stands still then, and a laptop's daily mail would be days late.
/// </summary>
internal sealed class BootClock : TimeProvider
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public override long TimestampFrequency => NanosecondsPerSecond;

    public override long GetTimestamp() => NativeClock.clock_gettime(NativeClock.CLOCK_BOOTTIME, out var time) == 0
        ? (time.tv_sec * NanosecondsPerSecond) + time.tv_nsec
        : throw new InvalidOperationException($"clock_gettime: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
