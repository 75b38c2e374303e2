using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>The daemon runs out of descriptors: it pauses, idles, and goes on when there are some again.</summary>
public sealed class ResourceTests
{
    private const int Crowd = 20;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Without_descriptors_clients_wait_and_are_served_when_there_are_some_again(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.cat]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """);
        var address = daemon.Address("cat");
        using var early = await Client.Connect(address);
        await daemon.Log.WaitFor(Said.StartedFor, "cat");
        await LimitDescriptors(daemon, daemon.Kernel.Descriptors.Count);
        var crowd = new List<Client>();
        for (var i = 0; i < Crowd; i++)
        {
            crowd.Add(await Client.Connect(address));      // by the kernel, into the backlog
            await crowd[i].Send("patience");
        }

        await daemon.Log.WaitFor("{Service} pauses on {Endpoint}", "cat");
        await IdlesFor(daemon, TimeSpan.FromSeconds(1));
        Assert.InRange(daemon.Log.All(Said.StartedFor).Count, 1, Crowd);     // with early, not all of them

        await early.Send("still served");
        Assert.Equal("still served", await early.Receive(12));
        await LimitDescriptors(daemon, 1000);
        foreach (var client in crowd)
        {
            Assert.Equal("patience", await client.Receive(8));
            client.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_daemon_with_few_descriptors_serves_a_crowd_in_the_end(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.slow]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "sleep 0.2; echo done"]
            """);
        await LimitDescriptors(daemon, daemon.Kernel.Descriptors.Count + 10);
        var address = daemon.Address("slow");

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Client.Hear(address)));

        Assert.All(answers, answer => Assert.Equal("done\n", answer));
    }

    private static async Task IdlesFor(RunningDaemon daemon, TimeSpan time)
    {
        var before = daemon.Kernel.CpuTime;
        await Task.Delay(time);
        var used = daemon.Kernel.CpuTime - before;
        Assert.True(used <= time / 10, $"it used {used} of processor time in {time}");
    }

    private static async Task LimitDescriptors(RunningDaemon daemon, int most) =>
        (await Command.Run([
            .. Machine.Becoming(daemon.Folder.Owner), "prlimit", "--pid", $"{daemon.Kernel.Pid}", $"--nofile={most}:",
        ])).Succeeded();
}
