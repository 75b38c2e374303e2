using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The file of ignored visitors: one entry a line, # begins a comment. It is read again when it has changed; while any line of it is
/// wrong, or it is gone, what it said before stays, for a mistake must neither hide visitors nor bring back those who were meant.
/// </summary>
internal sealed class IgnoreFile(string path, Action<string> complain)
{
    private const long Largest = 1024 * 1024;

    private (long Size, DateTime Written)? _stamp;
    private string? _complaint;

    /// <summary>What counts now.</summary>
    public IReadOnlyList<IgnoreEntry> Entries { get; private set; } = [];

    /// <summary>Reads it if it has changed; true when the entries are new.</summary>
    public bool Refresh()
    {
        try
        {
            using var file = File.OpenHandle(path);
            var stamp = (Size: RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
            if (stamp == _stamp)
            {
                return false;
            }

            _stamp = stamp;
            var bytes = new byte[Math.Min(stamp.Size, Largest)];
            return stamp.Size > Largest
                ? Refuse($"{path} is larger than 1 MiB")
                : Take(Encoding.UTF8.GetString(bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0))));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _stamp = null;
            return Refuse($"{path} cannot be read: {error.Message}");
        }
    }

    private bool Take(string text)
    {
        var entries = new List<IgnoreEntry>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Split('#')[0].Trim();
            if (line.Length == 0)
            {
                continue;
            }

            if (IgnoreEntry.Parse(line, out var why) is not { } entry)
            {
                return Refuse($"{path}:{i + 1}: {why}");
            }

            entries.Add(entry with { Place = $"{path}:{i + 1}" });
        }

        Entries = entries;
        _complaint = null;
        return true;
    }

    private bool Refuse(string why)
    {
        if (why != _complaint)
        {
            complain($"warning: ignore file {why}; what it said before stays");
            _complaint = why;
        }

        return false;
    }
}
