using System.Text.Json;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Sources that have touched what nobody touches: for a while they are let in nowhere.</summary>
public sealed class BarTests
{
    // Everybody here comes from the machine itself, which by default is never barred.
    private const string Services = """
        [service.trap]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/echo", "trap"]
        sensor = "10m"

        [service.strict]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/sh", "-c", "exit 77"]
        penalty = "10m"

        [service.hello]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/echo", "hello"]

        [daemon]
        never_bar = ["127.0.0.1", "127.0.9.9", "2001:db8:5::9"]
        """;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Whoever_touches_a_sensor_comes_in_nowhere_until_the_bar_is_lifted(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Services);
        Assert.Equal("nobody is barred\n", (await daemon.Command("bars")).Succeeded());

        Assert.Equal("trap\n", await Client.Hear(daemon.Address("trap"), "127.0.0.5"));
        Assert.Equal("", await Client.Hear(daemon.Address("hello"), "127.0.0.5"));
        Assert.Equal("trap\n", await Client.Hear(daemon.Address("trap"), "127.0.0.5"));      // it goes on telling of him
        var refusal = (await daemon.Log.WaitFor(Said.Refused, "hello"))["Refusal"];
        Assert.Matches(@"^limit=barred until=\S+ by=trap source=127\.0\.0\.5/32$", refusal);
        Assert.Equal("1", (await daemon.Log.WaitFor("{Service} bars {Source}"))["Strikes"]);

        Assert.Equal("trap\n", await Client.Hear(daemon.Address("trap"), "127.0.0.1"));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "127.0.0.1"));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "127.0.0.6"));

        var table = (await daemon.Command("bars")).Succeeded().TrimEnd().Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(["SOURCE", "UNTIL", "STRIKES", "BY"], table[0]);
        Assert.Equal(["127.0.0.5/32", "1", "trap"], [table[1][0], .. table[1][3..]]);
        var bar = Assert.Single(JsonDocument.Parse((await daemon.Command("bars", "--json")).Succeeded()).RootElement
            .GetProperty("bars").EnumerateArray());
        Assert.Equal("127.0.0.5/32", bar.GetProperty("source").GetString());
        Assert.InRange(
            bar.GetProperty("until").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(10));

        Assert.Equal("1 bar lifted\n", (await daemon.Command("bars", "lift", "127.0.0.5")).Succeeded());
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "127.0.0.5"));
        Assert.Equal("0 bars lifted\n", (await daemon.Command("bars", "lift", "all")).Succeeded());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_bar_is_on_the_whole_network_of_a_source_but_for_who_is_never_barred(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Services.Replace("sensor = ", "source_prefix = { v4 = 24 }\nsensor = ", StringComparison.Ordinal));

        await Client.Hear(daemon.Address("trap"), "127.0.9.5");

        Assert.Equal("", await Client.Hear(daemon.Address("hello"), "127.0.9.6"));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "127.0.9.9"));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "127.0.8.6"));
    }

    [Fact]
    public async Task Of_IPv6_the_whole_64_is_barred()
    {
        await using var addresses = await ExtraAddresses.Add(
            "2001:db8:5::5", "2001:db8:5::6", "2001:db8:5::9", "2001:db8:5:1::5");
        await using var daemon = await RunningDaemon.Start(
            Who.Root, Services.Replace("tcp:127.0.0.1:0", "tcp:[::1]:0", StringComparison.Ordinal));

        await Client.Hear(daemon.Address("trap"), "2001:db8:5::5");

        Assert.Equal("", await Client.Hear(daemon.Address("hello"), "2001:db8:5::6"));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "2001:db8:5::9"));
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "2001:db8:5:1::5"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Bars_outlive_a_kill_a_new_start_and_a_new_start_in_place(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using (var doomed = await RunningDaemon.Start(folder, Services))
        {
            Assert.Equal("", await Client.Hear(doomed.Address("strict"), "127.0.0.5"));
            await doomed.Log.WaitFor("{Service} bars {Source}", "strict");
            Assert.Equal("", await Client.Hear(doomed.Address("hello"), "127.0.0.5"));
            await Eventually.Holds(
                () => File.Exists(folder.At("state/bars")) && folder.Read("state/bars").Contains("127.0.0.5", StringComparison.Ordinal),
                "bar on the disk", seconds: 5);
            await doomed.Kill();
        }

        await using (var second = await RunningDaemon.Start(folder, Services))
        {
            Assert.Equal("", await Client.Hear(second.Address("hello"), "127.0.0.5"));
            await Client.Hear(second.Address("trap"), "127.0.0.6");
            await second.Upgrade();     // at once: nobody has had time to write it down
            Assert.Equal("", await Client.Hear(second.Address("hello"), "127.0.0.6"));
            await Client.Hear(second.Address("trap"), "127.0.0.7");
            Assert.Equal(0, await second.End(Signals.TERM));
        }

        await using var third = await RunningDaemon.Start(folder, Services);
        foreach (var barred in new[] { "127.0.0.5", "127.0.0.6", "127.0.0.7" })
        {
            Assert.Equal((barred, ""), (barred, await Client.Hear(third.Address("hello"), barred)));
        }

        Assert.Equal("hello\n", await Client.Hear(third.Address("hello"), "127.0.0.8"));
    }

    [Fact]
    public async Task A_full_disk_hurts_nobody_is_logged_and_what_could_not_be_written_is_written_when_it_can_be()
    {
        using var folder = PrivateFolder.For(Who.Root);
        var disk = folder.Create("disk");
        (await Command.Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk)).Succeeded();
        try
        {
            var services = $"{Services}\nstate_dir = '{disk}'";
            await using (var daemon = await RunningDaemon.Start(folder, services))
            {
                _ = await Command.Run("dd", "if=/dev/zero", $"of={disk}/full", "bs=4096");
                await Client.Hear(daemon.Address("trap"), "127.0.0.5");
                await daemon.Log.WaitFor("the bars could not be written down");
                Assert.Equal("", await Client.Hear(daemon.Address("hello"), "127.0.0.5"));
                Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello"), "127.0.0.6"));
                Assert.DoesNotContain(Directory.GetFiles(disk), file => file.EndsWith(".new", StringComparison.Ordinal));
                File.Delete($"{disk}/full");
                Assert.Equal(0, await daemon.End(Signals.TERM));
            }

            await using var next = await RunningDaemon.Start(folder, services);
            Assert.Equal("", await Client.Hear(next.Address("hello"), "127.0.0.5"));
        }
        finally
        {
            (await Command.Run("umount", "-l", disk)).Succeeded();
        }
    }
}
