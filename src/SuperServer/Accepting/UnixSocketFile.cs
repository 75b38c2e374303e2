using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Accepting;

/// <summary>
/// The file that a bound Unix socket leaves in the file system, or a FIFO. It is removed only by whom it belongs to: the inode
/// tells ours from one that somebody put at the same path later.
/// </summary>
internal sealed record UnixSocketFile(string Path, ulong Inode, uint DeviceMajor, uint DeviceMinor)
{
    /// <summary>To chown(2): leave it as it is.</summary>
    private const uint Unchanged = uint.MaxValue;

    public static UnixSocketFile? At(string path, int kind = Libc.S_IFSOCK)
    {
        Libc.statx_t status = default;
        var isThere = Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, ref status) == 0
            && (status.stx_mode & Libc.S_IFMT) == kind;
        return isThere ? new(path, status.stx_ino, status.stx_dev_major, status.stx_dev_minor) : null;
    }

    public bool IsStillThere => At(Path) == this || At(Path, Libc.S_IFIFO) == this;

    public void Remove()
    {
        if (IsStillThere)
        {
            _ = Libc.unlink(Path);
        }
    }

    /// <summary>
    /// Gives the file its owner and its permissions, in this order: in between nobody may do more than they may do in the end.
    /// It is held by a descriptor meanwhile, for whoever may write in its folder could put another file in its place.
    /// </summary>
    public Fault? Give(uint? owner, uint? group, int mode)
    {
        using var file = new FileDescriptor(
            Libc.open(Path, Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0));
        if (file.IsInvalid)
        {
            return Fault.Last("open");
        }

        return Libc.fchownat(file, "", owner ?? Unchanged, group ?? Unchanged, Libc.AT_EMPTY_PATH) != 0
                ? new Fault("chown", Errno.Last, Errno.Last == Errno.EPERM ? "; only root gives files away" : "")
            : Libc.chmod($"/proc/self/fd/{file.Number}", (uint)mode) != 0 ? Fault.Last("chmod")
            : null;
    }

    /// <summary>After a change of the settings: what is not asked for any more is the daemon's again.</summary>
    public Fault? Amend(SocketSettings now, SocketSettings was, int usualMode) =>
        (now.Owner, now.Group, now.Mode) == (was.Owner, was.Group, was.Mode) || !IsStillThere ? null
            : Give(
                now.Owner ?? Back(was.Owner, Libc.geteuid()), now.Group ?? Back(was.Group, Libc.getegid()), now.Mode ?? usualMode);

    private static uint? Back(uint? was, uint ours) => was is null ? null : ours;
}
