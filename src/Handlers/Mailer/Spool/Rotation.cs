namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Begins a new journal while writers go on: the path always leads to a file they may append to, and the old one keeps every
/// byte that reaches it late. Each step is durable before the next, and every crash between two is mended by the next run.
/// </summary>
internal static class Rotation
{
    public const long LargestJournal = 4 * 1024 * 1024;
    public static readonly TimeSpan OldestJournal = TimeSpan.FromHours(24);

    /// <summary>Writers reopen the journal by its path every few seconds; after this rest nobody holds the old one.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);

    private const uint AppendableByGroup = 0b110_010_000;

    public static void RotateIfDue(Lane lane, DateTimeOffset now)
    {
        if (File.Exists(lane.Journal) && IsDue(lane.Journal, now))
        {
            Rotate(lane);
        }
    }

    /// <summary>A crash came between the link and the rename: the journal has two names, and the younger one is taken back.</summary>
    public static void Mend(Lane lane)
    {
        if (lane.RotatedNumbers() is not [.., var last] || !File.Exists(lane.Journal))
        {
            return;
        }

        using var journal = Segment.Open(lane.Journal);
        using var rotated = Segment.Open(lane.Rotated(last));
        if (journal is not null && rotated is not null && journal.Inode == rotated.Inode)
        {
            File.Delete(rotated.Path);
            Posix.SyncDirectory(lane.Path);
        }
    }

    public static void Delete(Lane lane, string path)
    {
        File.Delete(path);
        Posix.SyncDirectory(lane.Path);
    }

    private static bool IsDue(string journal, DateTimeOffset now)
    {
        using var segment = Segment.Open(journal);
        return segment is { Size: > LargestJournal }
            || (segment is { Size: > 0, KnowsItsBirth: true } && now - segment.BornAt > OldestJournal);
    }

    private static void Rotate(Lane lane)
    {
        File.Delete(lane.NextJournal);
        using (var next = Posix.Open(lane.NextJournal, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, 0))
        {
            // Not by the mode above, which the umask cuts; the group comes from the set-gid directory.
            Posix.SetMode(next, AppendableByGroup, lane.NextJournal);
            Posix.Sync(next, lane.NextJournal);
        }

        var number = lane.RotatedNumbers() is [.., var last] ? last + 1 : 1;
        Posix.Link(lane.Journal, lane.Rotated(number));
        Posix.SyncDirectory(lane.Path);
        Posix.Rename(lane.NextJournal, lane.Journal);
        Posix.SyncDirectory(lane.Path);
    }
}
