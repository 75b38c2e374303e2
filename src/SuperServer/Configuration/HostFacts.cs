using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace SuperServer.Configuration;

/// <summary>
/// Everything that reading a configuration asks of the machine: users, groups, ports, files. Plain values and questions, so
/// that the same file means the same in a test on any machine. Made anew for each reading, since databases change.
/// </summary>
internal sealed record HostFacts
{
    /// <summary>The number of a user without rights, and of every user that an obliging host invents.</summary>
    public const uint Nobody = 65_534;
    private const string RootsRunDirectory = "/run/superserver";
    private const string RootsStateDirectory = "/var/lib/superserver";

    /// <summary>The daemon (or whoever checks the file) is root, and can become the users that the file names.</summary>
    public required bool IsRoot { get; init; }

    /// <summary>Who it is.</summary>
    public required UserAccount Self { get; init; }

    /// <summary>The supplementary groups it has, which its children keep when it cannot set any.</summary>
    public required ValueList<uint> OwnGroups { get; init; }

    /// <summary>The file is read in order to be served by this very process: what it cannot do is then a mistake, too.</summary>
    public bool IsServing { get; init; }

    public required Func<string, UserAccount?> UserByName { get; init; }

    /// <summary>The names that the machine's own file knows, for a guess at what was meant.</summary>
    public Func<IReadOnlyCollection<string>> UserNames { get; init; } = () => [];

    public required Func<uint, UserAccount?> UserById { get; init; }

    public required Func<string, GroupAccount?> GroupByName { get; init; }

    public required Func<uint, GroupAccount?> GroupById { get; init; }

    /// <summary>The groups that the group database gives a user, the one in the question included.</summary>
    public required Func<string, uint, ValueList<uint>> GroupsOf { get; init; }

    public required Lazy<ServicesDatabase> Services { get; init; }

    /// <summary>The number of a network interface, for the scope of a link-local address.</summary>
    public required Func<string, long?> InterfaceIndex { get; init; }

    /// <summary>The addresses of its network interfaces.</summary>
    public required Func<IReadOnlyCollection<IPAddress>> OwnAddresses { get; init; }

    public required Func<string, FileReading> ReadFile { get; init; }

    /// <summary>As <see cref="ReadFile"/>, for files of a million networks.</summary>
    public required Func<string, FileReading> ReadSet { get; init; }

    /// <summary>What changes when a file changes; null when it cannot be seen.</summary>
    public required Func<string, FileStamp?> StampOf { get; init; }

    /// <summary>The sets of the configuration that is in force: those whose files have not changed are not read again.</summary>
    public ValueList<NamedSet> KnownSets { get; init; } = [];

    /// <summary>The names in a directory; empty when there is none; null when it cannot be read.</summary>
    public required Func<string, IReadOnlyList<string>?> NamesIn { get; init; }

    public required Func<string, FileFacts> Look { get; init; }

    /// <summary>Default of <c>run_dir</c>; null: the directory "run" below the state directory.</summary>
    public required string? RunDirectory { get; init; }

    /// <summary>Where the service manager has put the daemon's credentials (systemd's LoadCredential=); null when there is no such place.</summary>
    public string? CredentialsDirectory { get; init; }

    /// <summary>Default of <c>state_dir</c>.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Default of <c>handlers_dir</c>.</summary>
    public required string HandlersDirectory { get; init; }

    public required string HostName { get; init; }

    /// <summary>The id that the machine has in alerts, by the state directory that keeps it; null when there is none.</summary>
    public Func<string, string?> MachineOf { get; init; } = _ => null;

    /// <summary>
    /// The same machine, taken to have whatever a file asks for: what a package that is not installed brings along is no mistake
    /// of a service that is not enabled. The numbers it invents are nobody's.
    /// </summary>
    public HostFacts Obliging => this with
    {
        IsServing = false,
        UserByName = name => UserByName(name) ?? new UserAccount(name, Nobody, Nobody),
        GroupByName = name => GroupByName(name) ?? new GroupAccount(name, Nobody),
        Look = path => Look(path) is { IsProgram: true } program ? program : new FileFacts(FileKind.Hidden),
    };

    /// <summary>The same machine, as root would see it: whose daemon the file is for decides where things are.</summary>
    public HostFacts AsRoot => this with { IsRoot = true, RunDirectory = RootsRunDirectory, StateDirectory = RootsStateDirectory };

    public static HostFacts OfThisMachine()
    {
        var isRoot = Environment.IsPrivilegedProcess;
        return new HostFacts
        {
            IsRoot = isRoot,
            Self = Accounts.Self(),
            OwnGroups = Accounts.OwnGroups(),
            UserByName = Accounts.UserByName,
            UserNames = Accounts.UserNames,
            UserById = Accounts.UserById,
            GroupByName = Accounts.GroupByName,
            GroupById = Accounts.GroupById,
            GroupsOf = Accounts.GroupsOf,
            Services = new Lazy<ServicesDatabase>(ServicesDatabase.OfThisMachine),
            InterfaceIndex = IndexOfInterface,
            OwnAddresses = AddressesOfInterfaces,
            ReadFile = FileReading.Of,
            ReadSet = SetFiles.ReadFile,
            StampOf = FileStamp.Of,
            NamesIn = Directories.NamesIn,
            Look = FileFacts.Of,
            RunDirectory = isRoot ? RootsRunDirectory : Directories.ForRuntime(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")),
            StateDirectory = isRoot ? RootsStateDirectory : Directories.ForState(
                Environment.GetEnvironmentVariable("XDG_STATE_HOME"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)),
            HandlersDirectory = Path.GetDirectoryName(Environment.ProcessPath) ?? "/",
            CredentialsDirectory = Directories.OfCredentials(Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY")),
            HostName = Environment.MachineName,
            MachineOf = MachineId.In,
        };
    }

    /// <summary>None when the kernel does not say.</summary>
    private static List<IPAddress> AddressesOfInterfaces()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(ours => ours.Address)];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }

    private static long? IndexOfInterface(string name) =>
        !name.Contains('/', StringComparison.Ordinal)
        && FileReading.Of($"/sys/class/net/{name}/ifindex") is FileReading.Contents file
        && long.TryParse(file.Bytes.AsSpan().TrimEnd((byte)'\n'), CultureInfo.InvariantCulture, out var index) ? index : null;
}
