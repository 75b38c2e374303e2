using System.Globalization;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// Becomes another program in the same process (execve(2)): same pid, same children, and the descriptors that are left to it.
/// What there is to know about them travels in a memory file (memfd_create(2)) whose number stands in the environment.
/// </summary>
internal static unsafe class Succession
{
    private const string Variable = "SUPERSERVER_ESTATE";

    // What was said of descriptors that have been taken since.
    private static readonly string[] _spent = [$"{Variable}=", "LISTEN_FDS=", "LISTEN_PID=", "LISTEN_FDNAMES="];

    /// <summary>
    /// The program to become: the one that is installed where we were started from, which a package may have replaced since.
    /// Asked for at the start, for later the kernel calls a file that was replaced "(deleted)".
    /// </summary>
    public static string Program { get; } = Environment.ProcessPath ?? "/proc/self/exe";

    /// <summary>What a predecessor has left us, once; null when there was none.</summary>
    public static byte[]? Receive()
    {
        var text = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        if (!int.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        using var file = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(number, ownsHandle: true), FileAccess.Read);
        using var bytes = new MemoryStream();
        file.Position = 0;
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Whoever is left to us is ours alone again: children of ours get nothing of it.</summary>
    public static void Keep(IEnumerable<int> descriptors) => SetCloseOnExec(descriptors, Libc.FD_CLOEXEC);

    /// <summary>Becomes the program. Returns only if that failed, and says why; then everything is as it was.</summary>
    public static string Become(byte[] estate, IReadOnlyCollection<int> descriptors)
    {
        var memory = Libc.memfd_create("superserver-estate", flags: 0);
        if (memory < 0 || !Write(memory, estate))
        {
            return $"memfd_create: {Errno.Say(Errno.Last)}";
        }

        SetCloseOnExec(descriptors, 0);
        using var arguments = new NativeStrings(ReadList("/proc/self/cmdline"));
        using var environment = new NativeStrings([
            .. ReadList("/proc/self/environ").Where(entry => !_spent.Any(name => entry.StartsWith(name, StringComparison.Ordinal))),
            string.Create(CultureInfo.InvariantCulture, $"{Variable}={memory}"),
        ]);
        using var path = new NativeStrings([Program]);
        _ = Libc.execve(path.Pointers[0], arguments.Pointers, environment.Pointers);

        var why = Errno.Say(Errno.Last);
        SetCloseOnExec(descriptors, Libc.FD_CLOEXEC);
        _ = Libc.close(memory);
        return $"execve {Program}: {why}";
    }

    private static bool Write(int memory, byte[] bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                var count = Libc.write(memory, start + written, (nuint)(bytes.Length - written));
                if (count < 0)
                {
                    return false;
                }

                written += (int)count;
            }
        }

        return true;
    }

    private static string[] ReadList(string file) => File.ReadAllText(file).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static void SetCloseOnExec(IEnumerable<int> descriptors, int flag)
    {
        foreach (var descriptor in descriptors)
        {
            _ = Libc.fcntl(descriptor, Libc.F_SETFD, flag);
        }
    }
}
