using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>The daemon as PID 1, as in a container: everybody's orphans are its own, and it must bury them.</summary>
public sealed class FirstProcessTests
{
    [Fact]
    public async Task It_reaps_orphans_that_it_has_never_started_and_still_knows_how_its_own_children_ended()
    {
        await using var outside = await RunningDaemon.Start(
            Who.Root,
            """
            [service.parent]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "(sleep 0.3) <&- >&- 2>&- & exit 3"]
            """,
            "unshare", "--pid", "--fork", "--kill-child");
        var daemon = Assert.Single(outside.Kernel.Children);

        for (var i = 0; i < 10; i++)
        {
            await Client.Hear(outside.Address("parent"));
        }

        await outside.Log.WaitForCount(10, Said.EndedWithExit, "parent");
        Assert.All(outside.Log.All(Said.EndedWithExit), line => Assert.Equal("3", line["ExitCode"]));
        await Eventually.Holds(() => daemon.Children.Count == 0, "burial of the last orphan");
    }
}
