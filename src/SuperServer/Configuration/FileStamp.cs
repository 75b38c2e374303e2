using SuperServer.Interop;

namespace SuperServer.Configuration;

/// <summary>What changes when somebody writes a file or puts another in its place. Two equal stamps: the same content.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="ModifiedNanoseconds">When it was written, since 1970.</param>
/// <param name="Inode">Which file it is.</param>
internal sealed record FileStamp(ulong Size, long ModifiedNanoseconds, ulong Inode)
{
    /// <summary>Null when there is nothing, or nothing that may be looked at.</summary>
    public static FileStamp? Of(string path)
    {
        Libc.statx_t status = default;
        return Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, ref status) == 0
            ? new FileStamp(status.stx_size, status.stx_mtime.tv_sec * 1_000_000_000 + status.stx_mtime.tv_nsec, status.stx_ino)
            : null;
    }
}
