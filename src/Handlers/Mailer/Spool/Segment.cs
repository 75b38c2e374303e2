using Microsoft.Win32.SafeHandles;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// One journal file of a lane, open for reading. It is known by its inode and birth, never by its name: rotation renames it while
/// we read, and a writer may still hold it.
/// </summary>
internal sealed class Segment : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Libc.StatX _status;

    private Segment(string path, SafeFileHandle file, Libc.StatX status)
    {
        Path = path;
        _file = file;
        _status = status;
    }

    public string Path { get; }

    public long Inode => (long)_status.Inode;

    /// <summary>An inode number is used again after a deletion; its birth tells the two files apart. 0 where unknown.</summary>
    public long Born => (_status.Mask & Libc.STATX_BTIME) == 0 ? 0 : (_status.BirthSeconds * 1_000_000_000) + _status.BirthNanoseconds;

    public long Size => (long)_status.Size;

    public DateTimeOffset BornAt => DateTimeOffset.FromUnixTimeSeconds(_status.BirthSeconds);

    /// <summary>The last write, or the rotation itself (link and rename change it too), whichever was later.</summary>
    public DateTimeOffset ChangedAt => DateTimeOffset.FromUnixTimeSeconds(_status.ChangeSeconds);

    public bool KnowsItsBirth => Born != 0;

    /// <summary>Null when it is not a regular file: nothing else belongs here, and a FIFO must not make us wait.</summary>
    public static Segment? Open(string path)
    {
        var file = Posix.Open(path, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK);
        var status = Posix.Status(file);
        if ((status.Mode & Libc.S_IFMT) != Libc.S_IFREG)
        {
            file.Dispose();
            return null;
        }

        return new Segment(path, file, status);
    }

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_file, buffer, offset);

    public void Dispose() => _file.Dispose();
}
