using System.Text;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>
/// A machine made of plain values: a few users and ports, files that are texts. A test names the file that it is about and
/// gets what is read out of it, on any machine the same.
/// </summary>
internal static class SomeMachine
{
    public const string File = "superserver.toml";

    private static readonly UserAccount[] _users =
    [
        new("root", 0, 0), new("daemon", 1, 1), new("git", 200, 201), new("superserver-mail", 300, 301), new("alice", 1000, 1000),
        new("nobody", 65534, 65534),
    ];

    private static readonly GroupAccount[] _groups =
    [
        new("root", 0), new("daemon", 1), new("adm", 4), new("git", 201), new("superserver-mail", 301), new("alice", 1000),
        new("repositories", 2000), new("nogroup", 65534),
    ];

    private static readonly ServicesDatabase _services = ServicesDatabase.Parse("""
        echo      7/tcp
        echo      7/udp
        discard   9/tcp   sink null
        daytime  13/tcp
        ssh      22/tcp   # Secure shell
        telnet   23/tcp
        time     37/tcp
        tftp     69/udp
        """);

    public static HostFacts Root { get; } = new()
    {
        IsRoot = true,
        Self = _users[0],
        OwnGroups = [0],
        UserByName = name => Array.Find(_users, user => user.Name == name),
        UserById = uid => Array.Find(_users, user => user.Uid == uid),
        GroupByName = name => Array.Find(_groups, group => group.Name == name),
        GroupById = gid => Array.Find(_groups, group => group.Gid == gid),
        GroupsOf = (user, gid) => user == "git" ? [gid, 2000] : [gid],
        Services = new Lazy<ServicesDatabase>(_services),
        OwnAddresses = () => [System.Net.IPAddress.Parse("192.0.2.1"), System.Net.IPAddress.Parse("2001:db8::1")],
        InterfaceIndex = name => name == "eth0" ? 2 : null,
        ReadFile = _ => new FileReading.Failed("does not exist"),
        ReadSet = _ => new FileReading.Failed("does not exist"),
        StampOf = _ => null,
        NamesIn = directory => directory == "/usr/lib/superserver" ? ["superserver-handlers", "superserver-mailer", "hello"] : [],
        Look = Look,
        RunDirectory = "/run/superserver",
        StateDirectory = "/var/lib/superserver",
        HandlersDirectory = "/usr/lib/superserver",
        HostName = "web1",
    };

    public static HostFacts Alice { get; } = Root with
    {
        IsRoot = false,
        Self = new UserAccount("alice", 1000, 1000),
        OwnGroups = [4, 1000],
        RunDirectory = null,
        StateDirectory = "/home/alice/.local/state/superserver",
    };

    public static HostFacts WithFile(this HostFacts host, string name, string text) => host with
    {
        ReadFile = file => file == name ? new FileReading.Contents(Encoding.UTF8.GetBytes(text)) : host.ReadFile(file),
        NamesIn = directory => directory == (Path.GetDirectoryName(name) is { Length: > 0 } folder ? folder : ".")
            ? [.. host.NamesIn(directory) ?? [], Path.GetFileName(name)]
            : host.NamesIn(directory),
        Look = path => path == name ? new FileFacts(FileKind.Regular, UnixFileMode.UserRead)
            : path == Path.GetDirectoryName(name) ? new FileFacts(FileKind.Directory)
            : host.Look(path),
    };

    /// <summary>The machine has a file with networks, and <paramref name="version"/> is all that its stamp says.</summary>
    public static HostFacts WithSet(this HostFacts host, string name, string text, long version = 1) => host with
    {
        ReadSet = file => file == name ? new FileReading.Contents(Encoding.UTF8.GetBytes(text)) : host.ReadSet(file),
        StampOf = file => file == name ? new FileStamp(0, version, 0) : host.StampOf(file),
    };

    /// <summary>Reads a text that has no mistakes.</summary>
    public static ServerConfiguration Read(this HostFacts host, string text) => Reading(host, text) switch
    {
        ConfigurationReading.Valid valid => valid.Configuration,
        var other => throw new InvalidOperationException(string.Join('\n', ((ConfigurationReading.Broken)other).Problems)),
    };

    /// <summary>The only service of a text that has no mistakes.</summary>
    public static ServiceDefinition ReadService(this HostFacts host, string text) => Assert.Single(host.Read(text).Services);

    /// <summary>The messages that a text earns, without the file's name.</summary>
    public static string[] Problems(this HostFacts host, string text) => Reading(host, text) is ConfigurationReading.Broken broken
        ? [.. broken.Problems.Select(problem => $"{problem.Place.Line}:{problem.Place.Column}: {problem.Message}")]
        : [];

    private static ConfigurationReading Reading(HostFacts host, string text) => ConfigurationReader.Read(File, host.WithFile(File, text));

    private static FileFacts Look(string path) => path switch
    {
        "/bin/cat" or "/bin/sh" or "/usr/bin/git" or "/usr/sbin/sendmail" => new FileFacts(FileKind.Regular, (UnixFileMode)0b111_101_101),
        "/usr/lib/superserver/hello" or "/usr/lib/superserver/superserver-handlers" or "/usr/lib/superserver/superserver-mailer"
            or "/usr/lib/superserver/superserver-tls" =>
            new FileFacts(FileKind.Regular, (UnixFileMode)0b111_101_101),
        "/etc/passwd" => new FileFacts(FileKind.Regular, (UnixFileMode)0b110_100_100),
        "/etc/ignored" => new FileFacts(FileKind.Regular, (UnixFileMode)0b110_100_100),
        "/etc/secret" => new FileFacts(FileKind.Regular, UnixFileMode.UserRead, Owner: 300),
        "/etc" => new FileFacts(FileKind.Directory, (UnixFileMode)0b111_101_101),
        _ => new FileFacts(FileKind.Missing),
    };
}
