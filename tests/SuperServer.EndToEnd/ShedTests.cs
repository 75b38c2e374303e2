using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Whom a tripwire never saw is counted by the daemon, and recorded by a task of the tripwire's user.</summary>
public sealed class ShedTests
{
    private const int Visitors = 300;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Of_three_hundred_visitors_to_a_tripwire_for_two_each_is_recorded_or_counted(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder));

        await Flood(daemon);

        await IsWholeIn(folder);
        Assert.Equal(["max_connections"], new Spool(folder).Missed.Select(missed => missed.Why).Distinct());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Whoever_is_denied_has_touched_the_wire_as_well(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder, "deny = [\"127.0.0.0/8\"]"));

        await Client.Hear(daemon.Address("telnet"));

        await Eventually.Holds(() => new Spool(folder).Missed is [(1, "deny")], "record of the one who was denied");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task An_order_to_end_loses_no_count(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder));
        await Flood(daemon);

        Assert.Equal(0, await daemon.End(Signals.TERM));

        await IsWholeIn(folder);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task An_upgrade_loses_no_count(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder));
        await Flood(daemon);

        await daemon.Upgrade();

        await IsWholeIn(folder);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task What_cannot_be_recorded_is_kept_until_it_can(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder, "deny = [\"127.0.0.0/8\"]"));
        var lane = Directory.GetDirectories(new Spool(folder).Path).Single();
        Directory.Move(lane, $"{lane}.away");
        await Client.Hear(daemon.Address("telnet"));
        await daemon.Log.WaitFor("{Service}: that {Connections} visitors were missed could not be recorded: {Why}; trying again in {Seconds} s", "telnet");

        Directory.Move($"{lane}.away", lane);

        await Eventually.Holds(() => new Spool(folder).Missed is [(1, "deny")], "record that failed at first", seconds: 20);
    }

    [Fact]
    public async Task The_count_is_recorded_by_the_user_of_the_tripwire_and_not_by_root()
    {
        using var folder = PrivateFolder.For(Who.Root);
        folder.Create("handlers");
        var seen = folder.Create("seen");
        Machine.GiveTo("notelnet", seen);
        foreach (var program in Directory.GetFiles(Programs.Folder, "superserver-*"))
        {
            File.CreateSymbolicLink(folder.At($"handlers/{Path.GetFileName(program)}"), program);
        }

        File.Delete(folder.At("handlers/superserver-handlers"));
        folder.WriteProgram("handlers/superserver-handlers", $"""
            #!/bin/sh
            id -u >{seen}/uid; id -G >{seen}/groups; env >{seen}/environment

            """);
        await using var daemon = await RunningDaemon.Start(folder, Tripwire(folder, "deny = [\"127.0.0.0/8\"]"));

        await Client.Hear(daemon.Address("telnet"));
        await Eventually.Holds(() => File.Exists($"{seen}/environment") && folder.Read("seen/environment").Contains("SUPERSERVER_SHED=", StringComparison.Ordinal), "task");

        Assert.Equal($"{Machine.Uid("notelnet")}", folder.Read("seen/uid").Trim());
        Assert.Equal($"{Machine.Gid("notelnet")}", folder.Read("seen/groups").Trim());
        Assert.Contains($"SUPERSERVER_SPOOL={new Spool(folder).Path}/{Machine.Gid("notelnet")}\n", folder.Read("seen/environment"), StringComparison.Ordinal);
    }

    private static string Tripwire(PrivateFolder folder, string settings = "max_connections = 2")
    {
        Alerting.PrepareMaildir(folder);
        return Alerting.ToMaildir(folder) + Alerting.Tripwire(folder.Owner, "telnet", "close", settings);
    }

    private static Task<string[]> Flood(RunningDaemon daemon) =>
        Task.WhenAll(Enumerable.Range(0, Visitors).Select(_ => Client.Hear(daemon.Address("telnet"))));

    private static async Task IsWholeIn(PrivateFolder folder)
    {
        var spool = new Spool(folder);
        await Eventually.Holds(
            () => spool.Touches.Count + spool.Missed.Sum(missed => missed.Connections) >= Visitors, "record of every visitor", seconds: 30);

        Assert.Equal(Visitors, spool.Touches.Count + spool.Missed.Sum(missed => missed.Connections));
        Assert.NotEmpty(spool.Missed);
    }
}
