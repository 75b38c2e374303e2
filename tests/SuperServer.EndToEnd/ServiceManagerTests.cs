using System.Globalization;
using System.Text.RegularExpressions;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>What systemd is told, and in which order (sd_notify(3), Type=notify-reload).</summary>
public sealed partial class ServiceManagerTests
{
    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Ready_then_reloading_with_the_time_then_ready_then_stopping(Who who)
    {
        const string Cat = """
            [service.cat]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """;
        await using var daemon = await RunningDaemon.Start(who, Cat);
        var before = Monotonic();

        await daemon.Reload(Cat);
        await daemon.End(Signals.TERM);
        await Eventually.Holds(() => daemon.Manager.Count("STOPPING=1") == 1, "STOPPING=1");

        var told = daemon.Manager.Told.SelectMany(message => message.Split('\n')).ToList();
        Assert.Equal(
            ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"],
            told.Where(line => line is "READY=1" or "RELOADING=1" or "STOPPING=1"));
        var reloading = Assert.Single(daemon.Manager.Told, message => message.Contains("RELOADING=1", StringComparison.Ordinal));
        var time = long.Parse(Time().Match(reloading).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(time, before, Monotonic());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_reload_that_was_refused_ends_as_well(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.cat]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """);

        await daemon.Reload("[service.cat]\n");

        Assert.Equal((1, 2), (daemon.Manager.Count("RELOADING=1"), daemon.Manager.Count("READY=1")));
        Assert.Single(daemon.Log.All(Said.ReloadRefused));
    }

    // CLOCK_MONOTONIC in microseconds: what a Stopwatch counts on Linux.
    private static long Monotonic() => System.Diagnostics.Stopwatch.GetTimestamp() / 1000;

    [GeneratedRegex(@"^MONOTONIC_USEC=(\d+)$", RegexOptions.Multiline)]
    private static partial Regex Time();
}
