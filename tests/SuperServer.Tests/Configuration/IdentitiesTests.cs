using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>Who a service becomes: the four cases of inetd's user column, numbers, and a daemon that is not root.</summary>
public sealed class IdentitiesTests
{
    [Theory]
    [InlineData("user = \"root\"", 0, 0, "0")]
    [InlineData("user = \"git\"", 200, 201, "201 2000")]
    [InlineData("user = \"root:adm\"", 0, 4, "4")]
    [InlineData("user = \"git:adm\"", 200, 4, "4 2000")]
    [InlineData("user = \"git\"\ngroup = \"adm\"", 200, 4, "4 2000")]
    [InlineData("user = 200", 200, 201, "201 2000")]
    [InlineData("user = \"200:4\"", 200, 4, "4 2000")]
    [InlineData("user = \"4711:4712\"", 4711, 4712, "4712")]
    [InlineData("user = 4711\ngroup = 4712", 4711, 4712, "4712")]
    [InlineData("user = \"git\"\ngroups = []", 200, 201, "")]
    [InlineData("user = \"git\"\ngroups = [\"adm\", 7]", 200, 201, "4 7")]
    [InlineData("", 65534, 65534, "65534")]
    public void Roots_daemon_becomes_whom_the_file_names(string keys, uint uid, uint gid, string groups)
    {
        var identity = IdentityFor(SomeMachine.Root, keys);

        Assert.Equal((uid, gid, groups), (identity.Uid, identity.Gid, string.Join(' ', identity.SupplementaryGroups)));
        Assert.True(identity.IsSwitched);
    }

    [Theory]
    [InlineData("user = \"4294967295:4\"")]
    [InlineData("user = \"4:4294967295\"")]
    [InlineData("user = \"-1:4\"")]
    [InlineData("user = -1")]
    [InlineData("user = \"+4:4\"")]
    [InlineData("user = \"git:adm:adm\"")]
    [InlineData("user = \":adm\"")]
    public void Numbers_that_mean_nobody_or_everybody_are_refused(string key) =>
        Assert.NotEmpty(SomeMachine.Root.Problems(Service(key)));

    [Fact]
    public void Names_are_kept_for_people() =>
        Assert.Equal(("git", "adm"), (IdentityFor(SomeMachine.Root, "user = \"200:4\"").User, IdentityFor(SomeMachine.Root, "user = \"200:4\"").Group));

    [Fact]
    public void Somebody_in_no_database_goes_by_number() =>
        Assert.Equal(("4711", "4712"), (IdentityFor(SomeMachine.Root, "user = \"4711:4712\"").User, IdentityFor(SomeMachine.Root, "user = \"4711:4712\"").Group));

    [Theory]
    [InlineData("")]
    [InlineData("user = \"alice\"")]
    [InlineData("user = 1000")]
    [InlineData("user = \"alice:alice\"")]
    public void An_ordinary_users_daemon_stays_that_user_with_the_groups_it_has(string keys) =>
        Assert.Equal(
            new Identity { User = "alice", Group = "alice", Uid = 1000, Gid = 1000, SupplementaryGroups = [4, 1000], IsSwitched = false },
            IdentityFor(SomeMachine.Alice with { IsServing = true }, keys));

    [Theory]
    [InlineData("user = \"git\"", "3:8: the daemon runs as 'alice' and cannot become 'git:git': start it as root, or leave this out")]
    [InlineData("group = \"adm\"", "1:1: the daemon runs as 'alice' and cannot become 'alice:adm': start it as root, or leave this out")]
    [InlineData("groups = [\"adm\"]", "1:1: the daemon runs as 'alice' and cannot become 'alice:alice' with groups of its own: start it as root, or leave this out")]
    public void Serving_it_is_a_mistake_to_name_another(string key, string message) =>
        Assert.Equal([message], (SomeMachine.Alice with { IsServing = true }).Problems(Service(key)));

    [Fact]
    public void Checking_somebody_may_look_at_roots_file()
    {
        var identity = IdentityFor(SomeMachine.Alice, "user = \"git\"");

        Assert.Equal("git", identity.User);
        Assert.True(identity.IsSwitched);
    }

    [Fact]
    public void The_databases_are_asked_once_for_each_user_however_many_services_there_are()
    {
        var asked = new List<string>();
        var host = SomeMachine.Root with
        {
            UserByName = name =>
            {
                asked.Add(name);
                return SomeMachine.Root.UserByName(name);
            },
            GroupsOf = (user, gid) =>
            {
                asked.Add($"groups of {user}");
                return SomeMachine.Root.GroupsOf(user, gid);
            },
        };

        _ = host.Read(Service("user = \"git\"") + Service("user = \"git\"").Replace("telnet", "ssh", StringComparison.Ordinal));

        Assert.Equal(["git", "groups of git"], asked);
    }

    private static string Service(string keys) => $"[service.telnet]\nexec = [\"/bin/cat\"]\n{keys}\n";

    private static Identity IdentityFor(HostFacts host, string keys) => host.ReadService(Service(keys)).Identity;
}
