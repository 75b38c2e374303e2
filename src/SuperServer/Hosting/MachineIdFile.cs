using System.Text;
using SuperServer.Configuration;

namespace SuperServer.Hosting;

/// <summary>Keeps the machine's id in the state directory: made once, and never again as long as the file is there.</summary>
internal static class MachineIdFile
{
    private const UnixFileMode Public =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The id. Null when it cannot be written down: one that changed with each start would be worse than none.</summary>
    public static string? Keep(string stateDirectory) => MachineId.In(stateDirectory) ?? Make(stateDirectory);

    private static string? Make(string stateDirectory)
    {
        if (AlertSpool.MakeFolders(stateDirectory) is not null)
        {
            return null;        // the spool is laid out in the same folder, and that says so
        }

        var path = Path.Combine(stateDirectory, MachineId.FileName);
        try
        {
            Write($"{path}.new", MachineId.New() + '\n');
            File.Move($"{path}.new", path, overwrite: true);
            return MachineId.In(stateDirectory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Write(string path, string text)
    {
        File.Delete(path);      // of a daemon that was killed in the middle
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(Encoding.ASCII.GetBytes(text));
        file.Flush(flushToDisk: true);
        File.SetUnixFileMode(file.SafeFileHandle, Public);
    }
}
