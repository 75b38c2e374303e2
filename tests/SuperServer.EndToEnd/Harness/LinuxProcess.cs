using System.Globalization;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A process as /proc shows it: what the kernel says it is, not what a program says of itself.</summary>
internal sealed record LinuxProcess(int Pid)
{
    private const int NonBlocking = 0x800;

    public bool IsThere => Directory.Exists(Root);

    public bool IsAlive => IsThere && State is not ('Z' or 'X');

    public char State => Stat.Length > 0 ? Stat[0][0] : 'X';

    public int Session => int.Parse(Stat[3], CultureInfo.InvariantCulture);

    public int Terminal => int.Parse(Stat[4], CultureInfo.InvariantCulture);

    /// <summary>User and system time it has used, without its children.</summary>
    public TimeSpan CpuTime => TimeSpan.FromSeconds((long.Parse(Stat[11], null) + long.Parse(Stat[12], null)) / 100.0);

    /// <summary>Page faults of the children that it has reaped: no process ends without any.</summary>
    public long FaultsOfReaped => long.Parse(Stat[8], null);

    /// <summary>The most memory it has ever had at once, in bytes.</summary>
    public long PeakMemory => 1024 * long.Parse(Status("VmHWM").Split(' ')[0], null);

    public bool IsTraced => Status("TracerPid") != "0";

    /// <summary>Its own memory and its part of what it shares, in bytes (Pss of proc_pid_smaps_rollup(5)).</summary>
    public long SharedMemory =>
        long.Parse(Line("smaps_rollup", "Pss:").Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    public string WorkingDirectory => Link("cwd");

    public IReadOnlyList<string> CommandLine => Strings("cmdline");

    public IReadOnlyDictionary<string, string> Environment => Strings("environ")
        .Where(entry => entry.Contains('=', StringComparison.Ordinal))
        .Select(entry => entry.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>Descriptor numbers and what they lead to, as readlink(1) prints it.</summary>
    public IReadOnlyDictionary<int, string> Descriptors => Directory.GetFileSystemEntries($"{Root}/fd")
        .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
        .Order()
        .ToDictionary(number => number, number => Link($"fd/{number}"));

    /// <summary>Children of every thread; dead ones that nobody has reaped are among them.</summary>
    public IReadOnlyList<LinuxProcess> Children => [.. Directory.GetDirectories($"{Root}/task")
        .SelectMany(task => ReadOrEmpty($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(pid => new LinuxProcess(int.Parse(pid, CultureInfo.InvariantCulture)))];

    private string Root => $"/proc/{Pid}";

    // The fields of stat(5) behind the command's name, which may hold blanks and brackets itself.
    private string[] Stat => ReadOrEmpty($"{Root}/stat").Split(')').Last().Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A line of /proc/PID/status; blanks between its values are single spaces.</summary>
    public string Status(string name) =>
        string.Join(' ', Line("status", name + ":").Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries).Skip(1));

    /// <summary>Soft and hard limit, as in "1024 4096".</summary>
    public string Limit(string name)
    {
        var values = Line("limits", name)[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return $"{values[0]} {values[1]}";
    }

    public bool IsBlocking(int descriptor)
    {
        var flags = Line($"fdinfo/{descriptor}", "flags:").Split(':')[1];
        return (Convert.ToInt32(flags.Trim(), 8) & NonBlocking) == 0;
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;   // it ended meanwhile
        }
    }

    private string Line(string file, string start) =>
        File.ReadLines($"{Root}/{file}").First(line => line.StartsWith(start, StringComparison.Ordinal));

    // A process that ends while it is looked at has none.
    private string[] Strings(string file)
    {
        try
        {
            return File.ReadAllText($"{Root}/{file}").TrimEnd('\0').Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private string Link(string name) => new FileInfo($"{Root}/{name}").LinkTarget ?? string.Empty;
}
