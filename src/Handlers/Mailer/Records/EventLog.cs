using Microsoft.Win32.SafeHandles;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The lines as a file. A line counts as written when the disk has it. Whoever rotates the file may rename, remove or truncate it at
/// any time; a line that a full disk or a kill cut short is left standing by itself, and comes again whole.
/// </summary>
internal sealed class EventLog(string path) : Feed, IDisposable
{
    private const uint Mode = 0b110_100_000;
    private static readonly int _usual = Libc.O_RDWR | Libc.O_APPEND | Libc.O_NOFOLLOW;

    private SafeFileHandle? _file;

    public override string Name => "event_log";

    public override int Take(IReadOnlyList<RecordLine> lines)
    {
        try
        {
            var file = Current();
            Posix.Append(file, Bytes(lines, IsTorn(file)), path);
            Posix.Sync(file, path);
            return lines.Count;
        }
        catch (IOException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private SafeFileHandle Current()
    {
        if (_file is { } known && !IsAtPath(known))
        {
            Dispose();
        }

        return _file ??= Open();
    }

    private SafeFileHandle Open()
    {
        var made = Libc.open(path, _usual | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC, Mode);
        if (made.IsInvalid)
        {
            made.Dispose();
            return Regular(Posix.Open(path, _usual));
        }

        Posix.SetMode(made, Mode, path);     // the umask may have taken some of it
        return made;
    }

    private SafeFileHandle Regular(SafeFileHandle file)
    {
        if ((Posix.Status(file).Mode & Libc.S_IFMT) == Libc.S_IFREG)
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"{path} is not a regular file");
    }

    private bool IsAtPath(SafeFileHandle file)
    {
        using var there = Libc.open(path, Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0);
        return !there.IsInvalid && Posix.Status(there).Inode == Posix.Status(file).Inode;
    }

    private bool IsTorn(SafeFileHandle file)
    {
        var size = (long)Posix.Status(file).Size;
        Span<byte> last = stackalloc byte[1];
        return size > 0 && RandomAccess.Read(file, last, size - 1) == 1 && last[0] != (byte)'\n';
    }

    private static byte[] Bytes(IReadOnlyList<RecordLine> lines, bool afterTornOne)
    {
        using var bytes = new MemoryStream();
        if (afterTornOne)
        {
            bytes.WriteByte((byte)'\n');
        }

        foreach (var line in lines)
        {
            bytes.Write(System.Text.Encoding.ASCII.GetBytes(line.Json));
            bytes.WriteByte((byte)'\n');
        }

        return bytes.ToArray();
    }
}
