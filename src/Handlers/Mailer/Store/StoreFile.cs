using System.Globalization;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The store's place on disk. A damaged file is set aside, never deleted and never repaired in place: the spool still holds what
/// was not deleted from it, and the administrator may want to look.
/// </summary>
internal static class StoreFile
{
    private static readonly string[] _parts = ["", "-wal", "-shm"];

    public static Store Open(string directory, TimeProvider clock)
    {
        var path = PathIn(directory);
        try
        {
            return new Store(path, clock);
        }
        catch (Exception damage) when (Store.IsDamage(damage))
        {
            var aside = SetAside(directory, clock);
            Log.Say($"error: the alert store {path} is damaged ({damage.Message}); it is kept as {aside} and a new one begins");
            var store = new Store(path, clock);
            store.Note($"The alert store was damaged and is kept as {aside}. Numbering begins again at #1; "
                + "what was waiting in it and is no longer in the spool is not in any mail.");
            return store;
        }
    }

    public static string SetAside(string directory, TimeProvider clock)
    {
        var path = PathIn(directory);
        var stamp = clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        var aside = $"{path}.damaged-{stamp}";
        foreach (var part in _parts.Where(part => File.Exists(path + part)))
        {
            Posix.Rename(path + part, aside + part);
        }

        Posix.SyncDirectory(directory);
        return aside;
    }

    private static string PathIn(string directory) => Path.Combine(directory, "alerts.db");
}
