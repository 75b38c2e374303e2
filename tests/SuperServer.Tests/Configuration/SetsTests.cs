using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>[sets]: lists of networks in files of their own.</summary>
public sealed class SetsTests
{
    private const string Office = "sets.office = \"office.networks\"\n";

    [Fact]
    public void A_file_holds_one_network_a_line_and_comments()
    {
        var set = Assert.Single(SomeMachine.Root
            .WithSet("office.networks", "\uFEFF# the house\r\n10.0.0.0/8\r\n\n  2001:db8::/32\t# and the other one\n192.0.2.7").Read(Office).Sets);

        Assert.Equal(("office", 3), (set.Name, set.Current.Count));
    }

    [Fact]
    public void A_set_may_have_several_files_and_stand_beside_the_main_file()
    {
        var host = SomeMachine.Root.WithSet("/etc/superserver/a", "10.0.0.0/8").WithSet("/srv/b", "192.0.2.7\n192.0.2.8")
            .WithFile("/etc/superserver/superserver.toml", "sets.office = [\"a\", \"/srv/b\"]");

        var reading = Assert.IsType<ConfigurationReading.Valid>(ConfigurationReader.Read("/etc/superserver/superserver.toml", host));

        Assert.Equal(3, Assert.Single(reading.Configuration.Sets).Current.Count);
    }

    [Fact]
    public void A_mistake_is_told_with_the_line_of_its_own_file() =>
        Assert.Equal(
            [
                "office.networks:2:3: '10.0.0.5/8' has host bits: write 10.0.0.0/8, or 10.0.0.5",
                "office.networks:3:1: 'host.example.org' is no address and no network: write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32",
            ],
            Problems(SomeMachine.Root.WithSet("office.networks", "10.0.0.0/8\n  10.0.0.5/8 # here\nhost.example.org\n"), Office));

    [Fact]
    public void A_file_full_of_mistakes_is_told_briefly()
    {
        var problems = Problems(SomeMachine.Root.WithSet("office.networks", string.Join('\n', Enumerable.Repeat("x", 1_000))), Office);

        Assert.Equal(21, problems.Length);
        Assert.Equal("office.networks:1000:1: in all 1000 lines of this file are no networks", problems[^1]);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_where_it_is_named_and_its_set_is_no_second_mistake() =>
        Assert.Equal(
            ["superserver.toml:1:15: file 'office.networks' does not exist"],
            Problems(SomeMachine.Root, Office + "[service.telnet]\nexec = [\"/bin/cat\"]\nallow = \"@office\""));

    [Fact]
    public void A_reload_reads_only_files_that_have_changed_and_touches_only_their_services()
    {
        const string Text = Office + "sets.home = \"home.networks\"\n"
            + "[service.telnet]\nexec = [\"/bin/cat\"]\nallow = \"@office\"\n[service.ssh]\nexec = [\"/bin/cat\"]\nallow = \"@home\"";
        var read = 0;
        var host = Counting(SomeMachine.Root.WithSet("office.networks", "10.0.0.0/8").WithSet("home.networks", "10.0.0.0/8"), () => read++);
        var before = host.Read(Text);

        var same = (host with { KnownSets = before.Sets }).Read(Text);
        Assert.Equal(2, read);
        Assert.True(ConfigurationChanges.Between(before, same).IsNone);

        var changed = host.WithSet("home.networks", "10.0.0.0/16", version: 2);
        var after = (Counting(changed, () => read++) with { KnownSets = before.Sets }).Read(Text);
        Assert.Equal(["ssh"], ConfigurationChanges.Between(before, after).Amended.Select(service => service.Name));
        Assert.Same(before.Sets[0], after.Sets[0]);
    }

    [Fact]
    public void A_stamp_changes_when_a_file_is_written_or_replaced()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var file = Path.Combine(folder, "a");
            Assert.Null(FileStamp.Of(file));
            File.WriteAllText(file, "10.0.0.0/8");
            var first = FileStamp.Of(file);
            Assert.NotNull(first);
            Assert.Equal(first, FileStamp.Of(file));

            File.WriteAllText(file + ".new", "10.0.0.0/8");
            File.SetLastWriteTimeUtc(file + ".new", File.GetLastWriteTimeUtc(file));
            File.Move(file + ".new", file, overwrite: true);
            var second = FileStamp.Of(file);
            Assert.NotEqual(first, second);

            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddTicks(10_000_001));
            Assert.Equal(1_000_000_100, FileStamp.Of(file)!.ModifiedNanoseconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static HostFacts Counting(HostFacts host, Action count) => host with
    {
        ReadSet = file =>
        {
            count();
            return host.ReadSet(file);
        },
    };

    private static string[] Problems(HostFacts host, string text) =>
        ConfigurationReader.Read(SomeMachine.File, host.WithFile(SomeMachine.File, text)) is ConfigurationReading.Broken broken
            ? [.. broken.Problems.Select(problem => problem.ToString())]
            : [];
}
