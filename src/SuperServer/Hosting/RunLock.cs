using System.Globalization;
using System.Text;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// Keeps a second daemon out of the same folders: a lock on the pid file, which the kernel lets go of however we end. The file
/// stays behind, for a file that comes and goes cannot be locked without a gap.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileDescriptor _file;

    private RunLock(FileDescriptor file) => _file = file;

    /// <summary>The lock itself: whoever has this descriptor has it.</summary>
    public int Descriptor => _file.Number;

    /// <summary>The lock that a predecessor in this process has left.</summary>
    public static RunLock Inherited(int descriptor) => new(new FileDescriptor(descriptor));

    /// <summary>The lock, or a sentence that says why there is none.</summary>
    public static (RunLock? Lock, string? Why) Take(string runDirectory)
    {
        var path = Path.Combine(runDirectory, "superserver.pid");
        var file = new FileDescriptor(
            Libc.open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0b110_100_100));
        if (file.IsInvalid)
        {
            return (null, $"{path}: {Errno.Say(Errno.Last)}");
        }

        if (Libc.flock(file, Libc.LOCK_EX | Libc.LOCK_NB) == 0)
        {
            WritePid(file);
            return (new RunLock(file), null);
        }

        using (file)
        {
            return (null, $"another superserver uses {runDirectory}: pid {ReadPid(file)}");
        }
    }

    public void Dispose() => _file.Dispose();

    // By the descriptor that we have: a FileStream would ask for a lock of its own, and not get it.
    private static unsafe string ReadPid(FileDescriptor file)
    {
        var text = stackalloc byte[16];
        var length = (int)Libc.read(file.Number, text, 16);
        return length > 0 ? Encoding.ASCII.GetString(text, length).Trim() : "unknown";
    }

    private static unsafe void WritePid(FileDescriptor file)
    {
        var text = Encoding.ASCII.GetBytes(Libc.getpid().ToString(CultureInfo.InvariantCulture) + "\n");
        _ = Libc.ftruncate(file, 0);
        fixed (byte* bytes = text)
        {
            _ = Libc.write(file.Number, bytes, (nuint)text.Length);
        }
    }
}
