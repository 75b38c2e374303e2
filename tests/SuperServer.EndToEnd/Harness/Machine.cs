using System.Runtime.InteropServices;

namespace SuperServer.EndToEnd.Harness;

/// <summary>What this run of the tests may do on this machine. A test that may not do what it needs is skipped.</summary>
internal static partial class Machine
{
    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>The numbers of the users that script/end-to-end adds.</summary>
    public static uint Uid(string user) => uint.Parse(Field("/etc/passwd", user, 2), null);

    public static uint Gid(string group) => uint.Parse(Field("/etc/group", group, 2), null);

    /// <summary>What stands before a command so that it runs as <paramref name="who"/>.</summary>
    public static string[] Becoming(Who who) => who == Who.OrdinaryUser && IsRoot
        ? ["setpriv", "--reuid=somebody", "--regid=somebody", "--init-groups", "--"]
        : [];

    public static void MustAllow(Who who)
    {
        Assert.SkipUnless(who != Who.Root || IsRoot, "needs root");
        Assert.SkipUnless(!IsRoot || HasTestUsers, "needs the test users: run it through script/end-to-end");
    }

    /// <summary>Skips the test when a program that the test is about is not installed.</summary>
    public static string Program(string name)
    {
        var path = Programs.SearchPath.Split(':').Select(folder => $"{folder}/{name}").FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not installed");
        return path!;
    }

    public static void GiveTo(string user, string path, string? group = null) => Assert.Equal(0, Chown(path, Uid(user), Gid(group ?? user)));

    public static void Signal(int pid, int signal) => Assert.Equal(0, Kill(pid, signal));

    /// <summary>For cleaning up: a process that is gone already is no error.</summary>
    public static void KillIfAlive(int pid) => _ = Kill(pid, Signals.KILL);

    /// <summary>Another number for a descriptor, which programs that are started now inherit; until it is disposed.</summary>
    public static Microsoft.Win32.SafeHandles.SafeFileHandle Inheritable(int descriptor) =>
        new(Dup(descriptor), ownsHandle: true);

    private static bool HasTestUsers =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("somebody:", StringComparison.Ordinal));

    private static string Field(string file, string name, int index) => File.ReadLines(file)
        .Select(line => line.Split(':'))
        .First(fields => fields[0] == name)[index];

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Dup(int descriptor);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Chown(string path, uint user, uint group);
}
