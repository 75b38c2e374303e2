using System.Text;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// The spool as its writers see it: a file they can append to and nothing else, and a bell. It is opened by name for each record, for the
/// mailer turns the file over; it is never created here, for then nobody would read it.
/// </summary>
internal sealed class Journal(string? spool, string? bell)
{
    private const string FileName = "journal.jsonl";

    /// <summary>sizeof(sun_path), less the NUL.</summary>
    private const int MaxSocketPath = 107;

    /// <summary>
    /// Makes a record durable; gives what went wrong, or null. One write: appends of other writers cannot come between its bytes. It starts
    /// with a line feed, so that what a full disk left of an earlier record cannot swallow this one.
    /// </summary>
    public string? Append(ReadOnlySpan<byte> record)
    {
        if (string.IsNullOrEmpty(spool))
        {
            return "SUPERSERVER_SPOOL is not set; the daemon sets it for services with handler = \"notelnet\" when there is an [alerts] table";
        }

        var path = $"{spool}/{FileName}";
        var file = Libc.open(path, Libc.O_WRONLY | Libc.O_APPEND | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
        if (file < 0)
        {
            return $"{path}: {Errno.Text(Errno.Last)}";
        }

        var failure = Write(file, [(byte)'\n', .. record, (byte)'\n']);
        _ = Libc.close(file);
        return failure is null ? null : $"{path}: {failure}";
    }

    /// <summary>Tells the mailer that something is there. It looks by itself as well, so nobody cares whether this arrives.</summary>
    public void RingBell()
    {
        if (string.IsNullOrEmpty(bell) || Encoding.UTF8.GetByteCount(bell) > MaxSocketPath)
        {
            return;
        }

        // struct sockaddr_un; what GetBytes leaves at its end is the NUL.
        Span<byte> address = stackalloc byte[sizeof(ushort) + MaxSocketPath + 1];
        address.Clear();
        address[0] = Libc.AF_UNIX;
        _ = Encoding.UTF8.GetBytes(bell, address[sizeof(ushort)..]);
        var socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        _ = Libc.sendto(socket, default, 0, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL, address, (uint)address.Length);
        _ = Libc.close(socket);
    }

    private static string? Write(int file, ReadOnlySpan<byte> lines)
    {
        var written = Libc.write(file, lines, (nuint)lines.Length);
        if (written < 0)
        {
            return Errno.Text(Errno.Last);
        }

        if (written < lines.Length)
        {
            return $"only {written} of {lines.Length} bytes could be written";
        }

        return Libc.fdatasync(file) == 0 ? null : $"fdatasync: {Errno.Text(Errno.Last)}";
    }
}
