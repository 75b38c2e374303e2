using System.Text;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// The file that remembers barred sources over a restart: <c>bars</c> in the state directory, for its owner alone. It is
/// replaced as a whole or not at all, and never followed through a symbolic link. Only one thread uses it.
/// </summary>
/// <param name="stateDirectory">Null: nothing is kept, and nothing was.</param>
internal sealed class BarsFile(string? stateDirectory)
{
    private const uint Private = 0b110_000_000;     // 0600

    /// <summary>A hundred thousand of the longest lines that there are fit in.</summary>
    private const int Largest = 64 << 20;

    private readonly string _path = Path.Combine(stateDirectory ?? "/", "bars");
    private Task<string?> _writing = Task.FromResult<string?>(null);

    /// <summary>What is in it, nothing when there is none; or a sentence that says why it cannot be read.</summary>
    public (string Text, string? Why) Read()
    {
        if (stateDirectory is null)
        {
            return ("", null);
        }

        // O_NONBLOCK: somebody may have put a pipe there, which would wait for a writer.
        using var file = new FileDescriptor(
            Libc.open(_path, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0));
        return !file.IsInvalid ? Read(file)
            : Errno.Last == Errno.ENOENT ? ("", null)
            : ("", Failure(_path));
    }

    /// <summary>Writes it and waits for the disk. Null, or a sentence that says why the old one is there still.</summary>
    public string? Write(string text)
    {
        _writing.Wait();
        return Replace(text);
    }

    /// <summary>Lets another thread wait for the disk. False, and nothing done, while the last text is on its way.</summary>
    public bool TryWriteBehind(string text)
    {
        if (!_writing.IsCompleted)
        {
            return false;
        }

        _writing = Task.Run(() => Replace(text));
        return true;
    }

    /// <summary>Why the last text could not be written behind; told once.</summary>
    /// <param name="waits">Until it is known.</param>
    public string? TakeFailure(bool waits = false)
    {
        if (waits)
        {
            _writing.Wait();
        }

        if (!_writing.IsCompleted || _writing.Result is not { } why)
        {
            return null;
        }

        _writing = Task.FromResult<string?>(null);
        return why;
    }

    private static unsafe bool WriteAll(FileDescriptor file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* start = bytes)
            {
                var written = Libc.write(file.Number, start, (nuint)bytes.Length);
                if (written > 0)
                {
                    bytes = bytes[(int)written..];
                }
                else if (Errno.Last != Errno.EINTR)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static unsafe int Fill(FileDescriptor file, byte[] block)
    {
        fixed (byte* start = block)
        {
            while (true)
            {
                var count = (int)Libc.read(file.Number, start, (nuint)block.Length);
                if (count >= 0 || Errno.Last != Errno.EINTR)
                {
                    return count;
                }
            }
        }
    }

    private static string Failure(string path) => $"{path}: {Errno.Say(Errno.Last)}";

    private (string Text, string? Why) Read(FileDescriptor file)
    {
        using var bytes = new MemoryStream();
        var block = new byte[65_536];
        int count;
        while ((count = Fill(file, block)) > 0)
        {
            bytes.Write(block, 0, count);
            if (bytes.Length > Largest)
            {
                return ("", $"{_path} is larger than {Largest >> 20} MiB");
            }
        }

        return count < 0 ? ("", Failure(_path)) : (Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), null);
    }

    private string? Replace(string text)
    {
        if (stateDirectory is null)
        {
            return null;
        }

        if (AlertSpool.MakeFolders(stateDirectory) is { } problem)
        {
            return problem;
        }

        var fresh = $"{_path}.new";
        _ = Libc.unlink(fresh);     // of a daemon that was killed in the middle
        using var file = new FileDescriptor(
            Libc.open(fresh, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, Private));
        var isWritten = !file.IsInvalid && WriteAll(file, Encoding.UTF8.GetBytes(text)) && Libc.fsync(file) == 0;
        if (!isWritten || Libc.rename(fresh, _path) != 0)
        {
            var why = Failure(isWritten ? _path : fresh);
            _ = Libc.unlink(fresh);
            return why;
        }

        // The new name is in the folder, and the folder must reach the disk too.
        using var folder = new FileDescriptor(Libc.open(stateDirectory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
        return !folder.IsInvalid && Libc.fsync(folder) == 0 ? null : Failure(stateDirectory);
    }
}
