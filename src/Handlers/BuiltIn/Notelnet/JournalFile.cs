using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// An open journal. Whatever is written, be it one record or many, is one write: appends of other writers cannot come between its
/// bytes. Each record starts with a line feed, so that what a full disk left of an earlier one cannot swallow it.
/// </summary>
internal sealed class JournalFile(int file, string path)
{
    /// <summary>Gives how many bytes there was room for, and why they are fewer when they are.</summary>
    public int Write(ReadOnlySpan<byte> lines, out string? failure)
    {
        var written = Libc.write(file, lines, (nuint)lines.Length);
        failure = written == lines.Length ? null
            : written < 0 ? $"{path}: {Errno.Text(Errno.Last)}"
            : $"{path}: only {written} of {lines.Length} bytes could be written";
        return (int)Math.Max(0, written);
    }

    /// <summary>What was written is on the disk when this gives null.</summary>
    public string? Sync() => Libc.fdatasync(file) == 0 ? null : $"{path}: fdatasync: {Errno.Text(Errno.Last)}";

    public void Close() => _ = Libc.close(file);
}
