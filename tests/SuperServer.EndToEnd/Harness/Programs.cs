namespace SuperServer.EndToEnd.Harness;

/// <summary>
/// The published programs. They are copied to where every user may run them: a checkout may lie in somebody's home.
/// </summary>
internal static class Programs
{
    private static readonly Lazy<string> _copyOfBin = new(Copy);

    public static string Folder => _copyOfBin.Value;

    public static string Daemon => Path.Combine(Folder, "superserver");

    public static string Project { get; } = FindProject();

    /// <summary>As the shell's $PATH has it.</summary>
    public static string SearchPath => "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static string FindProject()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SuperServer.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("these tests must lie below SuperServer.sln");
        }

        return folder.FullName;
    }

    private static string Copy()
    {
        var copy = Directory.CreateTempSubdirectory("superserver-e2e-bin-").FullName;
        File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        foreach (var program in Directory.GetFiles(Path.Combine(Project, "out/bin")))
        {
            File.Copy(program, Path.Combine(copy, Path.GetFileName(program)));
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(copy, recursive: true);
        return copy;
    }
}
