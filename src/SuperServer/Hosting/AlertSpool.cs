using System.Globalization;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Hosting;

/// <summary>
/// Lays out the folders through which alerts go, so that whoever faces the network may append a record and not read one, and
/// only the mailer reads. Each group of notelnet services has a lane of its own: one that is taken over can add to its own
/// lane and cannot even list another's.
/// </summary>
/// <remarks>
/// As root this works in folders that the mailer owns. Therefore nothing that exists there is followed, truncated or given
/// away: a folder is entered by descriptor, and a file is made with O_EXCL or left as it is.
/// </remarks>
internal static class AlertSpool
{
    private const uint Public = 0b111_101_101;          // 0755
    private const uint PassThrough = 0b111_101_001;     // 0751: the mailer's group may list the lanes, the others only pass
    private const uint Lane = 0b010_111_001_000;        // 02710: set-gid, so that what the mailer makes belongs to the writers
    private const uint Private = 0b111_000_000;         // 0700
    private const uint AppendOnly = 0b110_010_000;      // 0620
    private const uint Logs = 0b010_111_101_000;        // 02750: set-gid, so that the logs' readers may read what is made there

    /// <summary>Makes what is missing. Null, or a sentence that says what could not be made.</summary>
    public static string? LayOut(ServerConfiguration configuration)
    {
        if (configuration.Alerts is not { } alerts)
        {
            return null;
        }

        var mailer = alerts.Mailer;
        return MakeFolders(configuration.Daemon.StateDirectory)
            ?? MakeFolder(alerts.SpoolDirectory, PassThrough, Libc.geteuid(), mailer.Gid)
            ?? MakeFolder(alerts.StoreDirectory, Private, mailer.Uid, mailer.Gid)
            ?? alerts.Writers.Select(group => MakeLane(alerts, group)).FirstOrDefault(problem => problem is not null)
            ?? MakeLogs(alerts);
    }

    /// <summary>A folder for the daemon itself, with its parents. Null, or a sentence that says why there is none.</summary>
    public static string? MakeFolders(string path)
    {
        try
        {
            Directory.CreateDirectory(path, (UnixFileMode)Public);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be made: {error.Message}";
        }
    }

    // One that is there is somebody's, and is left as it is.
    private static string? MakeLogs(AlertsDefinition alerts) =>
        alerts.EventLogDirectory is not { } folder || Directory.Exists(folder)
            ? null
            : MakeFolder(folder, Logs, alerts.Mailer.Uid, alerts.EventLogReaders ?? alerts.Mailer.Gid);

    private static string? MakeLane(AlertsDefinition alerts, uint group)
    {
        var lane = Path.Combine(alerts.SpoolDirectory, group.ToString(CultureInfo.InvariantCulture));
        return MakeFolder(lane, Lane, alerts.Mailer.Uid, group)
            ?? MakeJournal(Path.Combine(lane, "journal.jsonl"), alerts.Mailer.Uid, group)
            ?? OverflowFile.Make(lane, alerts.Mailer.Uid, group);
    }

    private static string? MakeFolder(string path, uint mode, uint owner, uint group)
    {
        _ = Libc.mkdir(path, Private);      // it may be there; what counts is what can be opened
        using var folder = new FileDescriptor(
            Libc.open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0));
        return folder.IsInvalid ? Failure(path) : Give(folder, path, mode, owner, group);
    }

    private static string? MakeJournal(string path, uint owner, uint group)
    {
        using var file = new FileDescriptor(
            Libc.open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, AppendOnly));
        return !file.IsInvalid ? Give(file, path, AppendOnly, owner, group)
            : Errno.Last == Errno.EEXIST ? null
            : Failure(path);
    }

    private static string? Give(FileDescriptor file, string path, uint mode, uint owner, uint group) =>
        Libc.fchown(file, owner, group) == 0 && Libc.fchmod(file, mode) == 0 ? null : Failure(path);

    private static string Failure(string path) => $"{path}: {Errno.Say(Errno.Last)}";
}
