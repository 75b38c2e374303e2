using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>Opens named pipes; for writing, too, so that the last writer's leaving is never an end of file.</summary>
internal static class Fifo
{
    /// <summary>Everybody may write into it; nobody else may take out what others have written.</summary>
    public const int UsualMode = 0b110_010_010;

    private const uint OnlyOurs = 0b110_000_000;

    public static Fault? TryOpen(string path, SocketSettings settings, out FileDescriptor fifo)
    {
        fifo = new FileDescriptor();
        var isNew = Libc.mkfifo(path, OnlyOurs) == 0;
        if (!isNew && Errno.Last != Errno.EEXIST)
        {
            return Fault.Last("mkfifo");
        }

        // Looked at before it is opened: opening a device can already do something.
        if (UnixSocketFile.At(path, Libc.S_IFIFO) is not { } file)
        {
            return new Fault("mkfifo", Errno.EEXIST, "; something is at that path and is no FIFO");
        }

        fifo = new FileDescriptor(
            Libc.open(path, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0));
        if (fifo.IsInvalid)
        {
            return Fault.Last("open");
        }

        // One that somebody else made keeps what the file does not speak of.
        return isNew || settings is not { Owner: null, Group: null, Mode: null }
            ? file.Give(settings.Owner, settings.Group, settings.Mode ?? UsualMode)
            : null;
    }
}
