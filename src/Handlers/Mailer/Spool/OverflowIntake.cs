using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Mailer;

/// <summary>Takes in what the tripwires of a lane could only count. A file that has not changed costs no transaction.</summary>
internal sealed class OverflowIntake(Store store, Visitors visitors)
{
    private readonly Dictionary<string, byte[]> _last = new(StringComparer.Ordinal);

    public Taken TakeIn(Lane lane)
    {
        if (!File.Exists(lane.Overflow) || Read(lane.Overflow) is not { } bytes)
        {
            return new Taken();
        }

        if (_last.TryGetValue(lane.Name, out var last) && bytes.AsSpan().SequenceEqual(last))
        {
            return new Taken();
        }

        var taken = store.TakeIn(lane.Name, Overflow.Read(bytes), visitors.ClassOf);
        _last[lane.Name] = bytes;
        return taken;
    }

    // A file of zeros counts nothing, and most are.
    private static byte[]? Read(string path)
    {
        using var file = Segment.Open(path);
        if (file is null)
        {
            return null;
        }

        var bytes = new byte[Math.Min(file.Size, Overflow.Size)];
        return file.Read(bytes, 0) == bytes.Length && bytes.AsSpan().ContainsAnyExcept((byte)0) ? bytes : null;
    }
}
