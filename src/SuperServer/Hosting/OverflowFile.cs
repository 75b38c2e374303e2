using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// The counters of a lane, in which its tripwires count when a full disk takes no more records. They are added up in place, so the
/// file must have all its blocks before that day comes: it is written out, as zeros, while there is room.
/// </summary>
internal static unsafe class OverflowFile
{
    private const string Name = "overflow.bin";
    private const int Size = 64 * 1024;
    private const uint Shared = 0b110_110_000;      // 0660: the mailer reads, the writers count

    /// <summary>
    /// Makes the file if there is none; one that is there holds counts and is left alone. Null, or a sentence that says why there is
    /// none. A disk that is full already is no such reason: it must not keep the daemon from serving, and the next start tries again.
    /// </summary>
    public static string? Make(string lane, uint owner, uint group)
    {
        var path = Path.Combine(lane, Name);
        using var known = new FileDescriptor(Libc.open(path, Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0));
        if (!known.IsInvalid || Errno.Last != Errno.ENOENT)
        {
            return null;
        }

        // The name comes last: whoever finds it finds all of the file.
        var fresh = $"{path}.new";
        _ = Libc.unlink(fresh);     // of a daemon that was killed in the middle
        using var file = new FileDescriptor(
            Libc.open(fresh, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0));
        if (!file.IsInvalid && Fill(file) && Give(file, owner, group) && Libc.rename(fresh, path) == 0)
        {
            return null;
        }

        var errno = Errno.Last;
        _ = Libc.unlink(fresh);
        return errno is Errno.ENOSPC or Errno.EDQUOT ? null : $"{path}: {Errno.Say(errno)}";
    }

    private static bool Fill(FileDescriptor file)
    {
        fixed (byte* zeros = new byte[Size])
        {
            nint written = 0;
            for (nint count; written < Size; written += count)
            {
                count = Libc.write(file.Number, zeros, (nuint)(Size - written));
                if (count < 0)
                {
                    return false;
                }
            }
        }

        return Libc.fsync(file) == 0;
    }

    private static bool Give(FileDescriptor file, uint owner, uint group) =>
        Libc.fchown(file, owner, group) == 0 && Libc.fchmod(file, Shared) == 0;
}
