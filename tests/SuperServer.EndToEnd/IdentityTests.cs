using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Who a child is: read from the kernel, in all four columns (real, effective, saved, file system).</summary>
public sealed class IdentityTests
{
    [Fact]
    [Trait("Conformance", "behaviour 7")]
    public Task A_user_alone_brings_its_own_groups() =>
        ChildIs("member", "member", ["club", "member", "society"], """user = "member" """);

    [Fact]
    [Trait("Conformance", "behaviour 7")]
    public Task A_group_beside_the_user_takes_the_place_of_its_primary_group() =>
        ChildIs("member", "outsiders", ["club", "outsiders", "society"], """
            user = "member"
            group = "outsiders"
            """);

    [Fact]
    [Trait("Conformance", "behaviour 7")]
    public Task User_and_group_can_be_written_as_one() =>
        ChildIs("member", "outsiders", ["club", "outsiders", "society"], """user = "member:outsiders" """);

    [Fact]
    [Trait("Conformance", "behaviour 7")]
    public Task A_group_alone_goes_with_the_default_user() =>
        ChildIs("somebody", "outsiders", ["outsiders", "society"], """group = "outsiders" """);

    [Fact]
    public Task Groups_in_the_file_take_the_place_of_those_in_the_database() =>
        ChildIs("member", "member", ["member", "outsiders"], """
            user = "member"
            groups = ["outsiders"]
            """);

    [Fact]
    [Trait("Conformance", "behaviour 7")]
    public Task No_groups_means_none_but_the_primary_one() =>
        ChildIs("member", "member", ["member"], """
            user = "member"
            groups = []
            """);

    [Fact]
    public Task A_number_is_as_good_as_a_name() =>
        ChildIs("member", "member", ["club", "member", "society"], """user = "64111" """);

    [Fact]
    public async Task A_child_of_an_ordinary_user_s_daemon_stays_who_the_daemon_is()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Sleeper(string.Empty));
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.Equal(daemon.Kernel.Status("Uid"), child.Status("Uid"));
        Assert.Equal(daemon.Kernel.Status("Gid"), child.Status("Gid"));
        Assert.Equal(daemon.Kernel.Status("Groups"), child.Status("Groups"));
    }

    [Fact]
    public async Task A_child_has_no_capabilities_left()
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, Sleeper("""user = "member" """));
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.All(["CapPrm", "CapEff", "CapInh", "CapAmb"], set => Assert.Equal("0000000000000000", child.Status(set)));
    }

    private static async Task ChildIs(string user, string group, string[] groups, string settings)
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, Sleeper(settings));
        using var client = await Client.Connect(daemon.Address("sleeper"));
        var child = await daemon.Child("sleeper");

        Assert.Equal(FourTimes(Machine.Uid(user)), child.Status("Uid"));
        Assert.Equal(FourTimes(Machine.Gid(group)), child.Status("Gid"));
        Assert.Equal(
            groups.Select(Machine.Gid).Order(),
            SupplementaryGroups(child).Append(Machine.Gid(group)).Distinct().Order());
    }

    private static IEnumerable<uint> SupplementaryGroups(LinuxProcess process) => process.Status("Groups")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(number => uint.Parse(number, null));

    private static string FourTimes(uint id) => $"{id} {id} {id} {id}";

    private static string Sleeper(string settings) => $"""
        [service.sleeper]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/sleep", "60"]
        {settings}
        """;
}
