using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>What a record says about the host it was made on: its name, which boot this is, and the clock that nobody can set back.</summary>
internal static class Machine
{
    private const int BootDigits = 4;
    private const int MaxName = 64;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static string Name()
    {
        Span<byte> name = stackalloc byte[MaxName + 1];
        return Libc.gethostname(name, (nuint)name.Length) == 0
            ? Encoding.UTF8.GetString(name[..Math.Max(0, name.IndexOf((byte)0))])
            : "localhost";
    }

    /// <summary>Empty where there is no /proc: then the mailer orders by the wall clock.</summary>
    public static string Boot()
    {
        Span<byte> id = stackalloc byte[BootDigits];
        var file = Libc.open("/proc/sys/kernel/random/boot_id", Libc.O_RDONLY | Libc.O_CLOEXEC);
        var got = Libc.read(file, id, BootDigits);
        _ = Libc.close(file);
        return got == BootDigits ? Encoding.ASCII.GetString(id) : "";
    }

    public static long Nanoseconds() =>
        Libc.clock_gettime(Libc.CLOCK_BOOTTIME, out var time) == 0 ? (time.tv_sec * NanosecondsPerSecond) + time.tv_nsec : 0;
}
