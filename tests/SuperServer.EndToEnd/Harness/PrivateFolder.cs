namespace SuperServer.EndToEnd.Harness;

/// <summary>A folder below /tmp of the one that the daemon runs as; everybody may enter it, and it goes with the test.</summary>
public sealed class PrivateFolder : IDisposable
{
    private const UnixFileMode OwnerWritesAllRead = (UnixFileMode)0b111_101_101;

    private PrivateFolder(Who who)
    {
        Owner = who;
        Path = Directory.CreateTempSubdirectory("superserver-e2e-").FullName;
        Give(Path);
    }

    public string Path { get; }

    public Who Owner { get; }

    /// <summary>The service manager of daemons in this folder keeps their listening sockets, also when they are gone.</summary>
    public bool ManagerKeepsSockets { get; init; }

    public static PrivateFolder For(Who who, bool managerKeepsSockets = false)
    {
        Machine.MustAllow(who);
        return new PrivateFolder(who) { ManagerKeepsSockets = managerKeepsSockets };
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Read(string name) => File.ReadAllText(At(name));

    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return Give(At(name));
    }

    /// <summary>Complete or not there at all, as an administrator's editor does it.</summary>
    public void Replace(string name, string text) => File.Move(Write(name + ".new", text), At(name), overwrite: true);

    /// <summary>An executable file.</summary>
    public string WriteProgram(string name, string text) => Write(name, text);

    public string Create(string name) => Give(Directory.CreateDirectory(At(name)).FullName);

    public void Dispose()
    {
        // Whatever still writes here ends within moments of its daemon.
        for (var attempt = 1; Directory.Exists(Path); attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (Exception e) when (attempt < 20 && e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(100);
            }
        }
    }

    private string Give(string path)
    {
        File.SetUnixFileMode(path, OwnerWritesAllRead);
        if (Machine.IsRoot && Owner == Who.OrdinaryUser)
        {
            Machine.GiveTo("somebody", path);
        }

        return path;
    }
}
