using Microsoft.Win32.SafeHandles;

namespace SuperServer.Handlers.Mailer;

/// <summary>Only one mailer at a time has the store. The kernel takes the lock back from one that was killed.</summary>
internal sealed class StoreLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private StoreLock(SafeFileHandle file) => _file = file;

    /// <summary>Waits for the mailer before us to end; null when we are to end ourselves first.</summary>
    public static StoreLock? Take(string directory, Func<bool> isOver)
    {
        var file = Posix.Open(Path.Combine(directory, "lock"), Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW, 0b110_000_000);
        while (Libc.flock(file, Libc.LOCK_EX | Libc.LOCK_NB) != 0)
        {
            if (isOver())
            {
                file.Dispose();
                return null;
            }

            Thread.Sleep(100);
        }

        return new StoreLock(file);
    }

    public void Dispose() => _file.Dispose();
}
