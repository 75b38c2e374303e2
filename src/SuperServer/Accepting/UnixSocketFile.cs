using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// The file that a bound Unix socket leaves in the file system. It is removed only by whom it belongs to: the inode tells our
/// socket from one that somebody bound to the same path later.
/// </summary>
internal sealed record UnixSocketFile(string Path, ulong Inode, uint DeviceMajor, uint DeviceMinor)
{
    public static UnixSocketFile? At(string path)
    {
        Libc.statx_t status = default;
        var isThere = Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, ref status) == 0
            && (status.stx_mode & Libc.S_IFMT) == Libc.S_IFSOCK;
        return isThere ? new(path, status.stx_ino, status.stx_dev_major, status.stx_dev_minor) : null;
    }

    public void Remove()
    {
        if (At(Path) == this)
        {
            _ = Libc.unlink(Path);
        }
    }
}
