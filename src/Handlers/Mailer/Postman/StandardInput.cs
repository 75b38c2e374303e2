using Microsoft.Win32.SafeHandles;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Descriptor 0, which .NET can only replace by a pipe in a child. Ours is moved away at the start and stands on /dev/null, so
/// that a file can take its place while a child is started.
/// </summary>
internal static class StandardInput
{
    private static readonly Lock _oneAtATime = new();

    /// <summary>Frees descriptor 0; what it was goes on under the number that is returned, unseen by children.</summary>
    public static int MoveAway()
    {
        var moved = Libc.fcntl(0, Libc.F_DUPFD_CLOEXEC, 3);
        UseNothing();
        return moved;
    }

    /// <summary>Starts a child that inherits <paramref name="content"/>, whole, as its standard input.</summary>
    public static T Lend<T>(byte[] content, Func<T> start)
    {
        using var file = Libc.memfd_create("mail", Libc.MFD_CLOEXEC);
        RandomAccess.Write(file, content, 0);
        lock (_oneAtATime)
        {
            Replace(file);
            try
            {
                return start();
            }
            finally
            {
                UseNothing();
            }
        }
    }

    private static void UseNothing()
    {
        using var nothing = Posix.Open("/dev/null", Libc.O_RDONLY);
        Replace(nothing);
    }

    private static void Replace(SafeFileHandle file)
    {
        if (Libc.dup2(file, 0) != 0)
        {
            throw new IOException("dup2 to descriptor 0 failed");
        }
    }
}
