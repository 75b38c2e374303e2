using System.Globalization;
using System.Text.RegularExpressions;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>What systemd is told, and in which order (sd_notify(3), Type=notify-reload).</summary>
public sealed partial class ServiceManagerTests
{
    private const string Cat = """
        [service.cat]
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/cat"]
        """;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Ready_then_reloading_with_the_time_then_ready_then_stopping(Who who)
    {
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
        await using var daemon = await RunningDaemon.Start(who, Cat);

        await daemon.Reload("[service.cat]\n");

        Assert.Equal((1, 2), (daemon.Manager.Count("RELOADING=1"), daemon.Manager.Count("READY=1")));
        Assert.Single(daemon.Log.All(Said.ReloadRefused));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_watchdog_gets_its_sign_of_life_in_half_the_time_that_it_has(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(
            folder, Cat, new Dictionary<string, string> { ["WATCHDOG_USEC"] = "1000000" });

        await Eventually.Holds(() => daemon.Manager.Count("WATCHDOG=1") >= 5, "fifth sign of life");

        var times = daemon.Manager.TimesOf("WATCHDOG=1");
        Assert.InRange((times[4] - times[0]) / 4, TimeSpan.FromMilliseconds(450), TimeSpan.FromMilliseconds(900));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Every_listener_is_given_to_the_manager_to_keep_and_taken_out_when_it_closes(Who who)
    {
        using var folder = PrivateFolder.For(who, managerKeepsSockets: true);
        var more = $"""
            [service.more]
            listen = ["tcp:127.0.0.1:0", "unix:{folder.At("more.sock")}"]
            exec = ["/bin/cat"]
            """;
        await using var daemon = await RunningDaemon.Start(folder, Cat + "\n" + more);

        await Eventually.Holds(() => daemon.Manager.Kept.Count == 3, "third descriptor in the store");
        Assert.All(daemon.Manager.Kept, kept => Assert.StartsWith(
            "socket:", new LinuxProcess(Environment.ProcessId).Descriptors[kept.Value], StringComparison.Ordinal));

        await daemon.Reload(Cat);
        await Eventually.Holds(() => daemon.Manager.Kept.Count == 1, "removal of two descriptors from the store");
        Assert.Equal($"tcp_{daemon.Address("cat").ToString().Replace(':', '_')}", Assert.Single(daemon.Manager.Kept).Key);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task With_what_the_manager_has_kept_nobody_is_lost_whose_daemon_was_killed(Who who)
    {
        using var folder = PrivateFolder.For(who, managerKeepsSockets: true);
        await using var doomed = await RunningDaemon.Start(folder, Cat);
        var address = doomed.Address("cat");
        await Eventually.Holds(() => doomed.Manager.Kept.Count == 1, "descriptor in the store");
        using var before = await Client.Connect(address);
        await before.Send("before");
        Assert.Equal("before", await before.Receive(6));

        await doomed.Kill();
        using var waiting = await Client.Connect(address);
        await waiting.Send("waiting");
        var (name, descriptor) = Assert.Single(doomed.Manager.Kept);
        using var shared = Machine.Inheritable(descriptor);
        var number = shared.DangerousGetHandle();
        await using var next = await RunningDaemon.Start(
            folder, Cat.Replace("127.0.0.1:0", $"{address}", StringComparison.Ordinal),
            "/bin/bash", "-c",
            $"exec 3<&{number} {number}<&-; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES={name} exec \"$@\"", "bash");

        Assert.Equal("waiting", await waiting.Receive(7));
        await before.Send("still");
        Assert.Equal("still", await before.Receive(5));
        Assert.Empty(next.Log.All("a socket that was handed over"));
    }

    // CLOCK_MONOTONIC in microseconds: what a Stopwatch counts on Linux.
    private static long Monotonic() => System.Diagnostics.Stopwatch.GetTimestamp() / 1000;

    [GeneratedRegex(@"^MONOTONIC_USEC=(\d+)$", RegexOptions.Multiline)]
    private static partial Regex Time();
}
