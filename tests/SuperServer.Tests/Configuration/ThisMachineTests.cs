using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>The questions that are put to the machine itself; only what holds on every Linux is expected.</summary>
public sealed class ThisMachineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Root_is_a_user_and_a_group_by_name_and_number()
    {
        Assert.Equal(new UserAccount("root", 0, 0), Accounts.UserByName("root"));
        Assert.Equal("root", Accounts.UserById(0)?.Name);
        Assert.Equal(new GroupAccount("root", 0), Accounts.GroupByName("root"));
        Assert.Equal("root", Accounts.GroupById(0)?.Name);
    }

    [Fact]
    public void Nobody_knows_a_stranger()
    {
        Assert.Null(Accounts.UserByName("no such user"));
        Assert.Null(Accounts.UserById(4_000_000_001));
        Assert.Null(Accounts.GroupByName("no such group"));
        Assert.Null(Accounts.GroupById(4_000_000_001));
    }

    [Fact]
    public void The_groups_of_a_user_begin_with_the_one_asked_with() =>
        Assert.Equal(4711u, Accounts.GroupsOf("root", 4711)[0]);

    [Fact]
    public void Memberships_are_those_that_id_tells()
    {
        var told = Tell("/usr/bin/id", "-G", "root").Split(' ').Select(uint.Parse).ToHashSet();

        Assert.True(told.SetEquals(Accounts.GroupsOf("root", 0)));
    }

    [Fact]
    public void We_are_who_id_says()
    {
        var self = HostFacts.OfThisMachine();

        Assert.Equal(uint.Parse(Tell("/usr/bin/id", "-u"), null), self.Self.Uid);
        Assert.Equal(uint.Parse(Tell("/usr/bin/id", "-g"), null), self.Self.Gid);
        Assert.Equal(self.Self.Uid == 0, self.IsRoot);
    }

    [Fact]
    public void The_loopback_interface_has_a_number()
    {
        Assert.Equal(1, HostFacts.OfThisMachine().InterfaceIndex("lo"));
        Assert.Null(HostFacts.OfThisMachine().InterfaceIndex("nosuch"));
        Assert.Null(HostFacts.OfThisMachine().InterfaceIndex("../net/lo"));
    }

    [Fact]
    public void A_file_is_seen_through_its_link()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "x");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), file);

        Assert.Equal(
            new FileFacts(FileKind.Regular, UnixFileMode.UserRead | UnixFileMode.UserExecute, Accounts.Self().Uid),
            FileFacts.Of(Path.Combine(_folder, "link")));
    }

    [Fact]
    public void What_is_no_program_says_why()
    {
        Assert.Equal("does not exist", FileFacts.Of(Path.Combine(_folder, "nosuch")).WhyNoProgram);
        Assert.Equal("does not exist", FileFacts.Of("/etc/passwd/x").WhyNoProgram);
        Assert.Equal("is a directory", FileFacts.Of(_folder).WhyNoProgram);
        Assert.Equal("is not a regular file", FileFacts.Of("/dev/null").WhyNoProgram);
        Assert.Equal("is not executable: chmod +x", FileFacts.Of("/etc/passwd").WhyNoProgram);
        Assert.Null(FileFacts.Of("/bin/sh").WhyNoProgram);
        Assert.Equal("does not exist", FileFacts.Of("/" + new string('x', 300)).WhyNoProgram);
    }

    [Fact]
    public void Reading_ends_whatever_the_file_is()
    {
        Assert.Equal(new FileReading.Failed("is a directory"), FileReading.Of(_folder));
        Assert.Equal(new FileReading.Failed("does not exist"), FileReading.Of(Path.Combine(_folder, "nosuch")));
        Assert.Equal(new FileReading.Failed("does not exist"), FileReading.Of(Path.Combine(_folder, "nosuch", "nosuch")));
        Assert.Equal(new FileReading.Failed("is larger than 16 MiB"), FileReading.Of("/dev/zero"));
        Assert.Empty(Assert.IsType<FileReading.Contents>(FileReading.Of("/dev/null")).Bytes);
        Assert.IsType<FileReading.Failed>(FileReading.Of(""));
        Assert.IsType<FileReading.Failed>(FileReading.Of("a\0b"));
    }

    [Theory]
    [InlineData("/run/user/1000", "/run/user/1000/superserver")]
    [InlineData("run", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void An_ordinary_user_runs_in_the_sessions_directory(string? session, string? directory) =>
        Assert.Equal(directory, Directories.ForRuntime(session));

    [Theory]
    [InlineData("/srv/state", "/srv/state/superserver")]
    [InlineData("state", "/home/alice/.local/state/superserver")]
    [InlineData(null, "/home/alice/.local/state/superserver")]
    public void An_ordinary_users_state_is_at_home(string? stateHome, string directory) =>
        Assert.Equal(directory, Directories.ForState(stateHome, "/home/alice"));

    [Fact]
    public void Names_in_a_directory_are_bare()
    {
        File.WriteAllText(Path.Combine(_folder, "a.toml"), "");

        Assert.Equal(["a.toml"], Directories.NamesIn(_folder));
        Assert.Equal([], Directories.NamesIn(Path.Combine(_folder, "nosuch")));
    }

    private static string Tell(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
