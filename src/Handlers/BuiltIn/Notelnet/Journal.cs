using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// The spool as its writers see it: a file they can append to and nothing else, and a bell. It is opened by name for each record or
/// batch, for the mailer turns the file over; it is never created here, for then nobody would read it.
/// </summary>
internal sealed class Journal(string? spool, string? bell)
{
    /// <summary>The mailer begins a new journal long before this: one that is larger is read by nobody, and must not fill the disk.</summary>
    public const long LargestJournal = 64 * 1024 * 1024;

    private const string FileName = "journal.jsonl";

    private const string NoSpool =
        "SUPERSERVER_SPOOL is not set. SuperServer sets it for services with handler = \"notelnet\" when there is an [alerts] table; "
        + "under another inetd name a folder with a journal.jsonl: 'env = SUPERSERVER_SPOOL=/folder' for xinetd, "
        + "'Environment=SUPERSERVER_SPOOL=/folder' for systemd, or /usr/bin/env before the program";

    /// <summary>The lane; null when nobody has named one.</summary>
    public string? Lane => string.IsNullOrEmpty(spool) ? null : spool;

    /// <summary>Makes a record durable; gives what went wrong, or null.</summary>
    /// <param name="record">One line.</param>
    /// <param name="doubt">Told when it is written, and the disk does not confirm it: it is read all the same, so it must not be counted again.</param>
    public string? Append(ReadOnlySpan<byte> record, Action<string>? doubt = null)
    {
        if (Open(out var failure) is not { } file)
        {
            return failure;
        }

        ReadOnlySpan<byte> lines = [(byte)'\n', .. record, (byte)'\n'];
        var written = file.Write(lines, out failure);
        if (written > record.Length)
        {
            failure = null;             // only the last line feed may be missing, and the next record starts with one
            if (file.Sync() is { } unconfirmed)
            {
                doubt?.Invoke(unconfirmed);
            }
        }

        file.Close();
        return failure;
    }

    /// <summary>The file that has the name now; null and why, when there is none to append to.</summary>
    public JournalFile? Open(out string? failure)
    {
        if (Lane is null)
        {
            failure = NoSpool;
            return null;
        }

        var path = $"{Lane}/{FileName}";
        var file = Libc.open(path, Libc.O_WRONLY | Libc.O_APPEND | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
        if (file < 0)
        {
            failure = $"{path}: {Errno.Text(Errno.Last)}";
            return null;
        }

        if (Libc.lseek(file, 0, Libc.SEEK_END) >= LargestJournal)
        {
            _ = Libc.close(file);
            failure = $"{path}: {LargestJournal / 1024 / 1024} MiB that no mailer has taken";
            return null;
        }

        failure = null;
        return new JournalFile(file, path);
    }

    /// <summary>Tells the mailer that something is there. It looks by itself as well, so nobody cares whether this arrives.</summary>
    public void RingBell()
    {
        if (!string.IsNullOrEmpty(bell))
        {
            UnixDatagram.Send(bell, []);
        }
    }
}
