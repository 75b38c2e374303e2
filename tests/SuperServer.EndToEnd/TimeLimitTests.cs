using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>max_runtime and stop_timeout: told to end, then made to.</summary>
public sealed class TimeLimitTests
{
    private const string Limits = """
        max_runtime = "1s"
        stop_timeout = "500ms"
        """;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_child_that_runs_too_long_is_told_to_end(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.slow]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            {Limits}
            """);

        Assert.Equal("", await Client.Hear(daemon.Address("slow")));

        var end = await daemon.Log.WaitFor(Said.EndedBySignal, "slow");
        Assert.Equal("15", end["Signal"]);
        Assert.Empty(daemon.Log.All(Said.Killed));
        Assert.Equal(end["Connection"], Assert.Single(daemon.Log.All(Said.Overtime))["Connection"]);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Who_does_not_end_when_told_is_killed_with_its_whole_process_group(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.stubborn]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "trap '' TERM; (trap '' TERM; sleep 60; echo never) & echo $!; wait; sleep 60"]
            {Limits}
            """);
        using var client = await Client.Connect(daemon.Address("stubborn"));

        var grandchild = new LinuxProcess(int.Parse(await client.ReceiveAll(), null));

        Assert.Equal("9", (await daemon.Log.WaitFor(Said.EndedBySignal, "stubborn"))["Signal"]);
        Assert.Single(daemon.Log.All(Said.Killed));
        await Eventually.Holds(() => !grandchild.IsAlive, "end of the grandchild");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Who_ends_in_time_is_left_in_peace_and_so_is_who_has_no_limit(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $"""
            [service.quick]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "done"]
            {Limits}
            [service.patient]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """);
        using var patient = await Client.Connect(daemon.Address("patient"));

        Assert.Equal("done\n", await Client.Hear(daemon.Address("quick")));
        await Task.Delay(1800, TestContext.Current.CancellationToken);

        await patient.Send("here");
        Assert.Equal("here", await patient.Receive(4));
        Assert.Empty(daemon.Log.All(Said.Overtime));
    }
}
