using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SuperServer.Handlers.Mailer;

/// <summary>File-system steps that must be durable or must not follow a link: <see cref="Libc"/>, with failures as IOException.</summary>
internal static class Posix
{
    public static SafeFileHandle Open(string path, int flags, uint mode = 0)
    {
        var file = Libc.open(path, flags | Libc.O_CLOEXEC, mode);
        if (file.IsInvalid)
        {
            var error = Failure("open", path);
            file.Dispose();
            throw error;
        }

        return file;
    }

    public static Libc.StatX Status(SafeFileHandle file)
    {
        Check(Libc.statx(file, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS | Libc.STATX_BTIME, out var status), "statx", "");
        return status;
    }

    /// <summary>All of it, or an error; a full disk may have taken the beginning.</summary>
    public static void Append(SafeFileHandle file, ReadOnlySpan<byte> bytes, string path)
    {
        while (bytes.Length > 0)
        {
            var written = Libc.write(file, bytes, (nuint)bytes.Length);
            if (written > 0)
            {
                bytes = bytes[(int)written..];
            }
            else if (written == 0 || Marshal.GetLastPInvokeError() != Libc.EINTR)
            {
                throw Failure("write", path);
            }
        }
    }

    public static void Link(string existing, string name) => Check(Libc.link(existing, name), "link", name);

    public static void Rename(string from, string to) => Check(Libc.rename(from, to), "rename", to);

    public static void SetMode(SafeFileHandle file, uint mode, string path) => Check(Libc.fchmod(file, mode), "fchmod", path);

    public static void Sync(SafeFileHandle file, string path) => Check(Libc.fsync(file), "fsync", path);

    /// <summary>A name that was made, changed or removed is durable only when its directory is.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY);
        Sync(directory, path);
    }

    private static void Check(int result, string call, string path)
    {
        if (result != 0)
        {
            throw Failure(call, path);
        }
    }

    private static IOException Failure(string call, string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call} {path}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
    }
}
