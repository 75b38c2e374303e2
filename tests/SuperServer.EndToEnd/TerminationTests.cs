using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>SIGTERM and SIGINT end the daemon at once; what it started goes on.</summary>
public sealed class TerminationTests
{
    [Theory]
    [InlineData("--ignore-signal=HUP,TERM,CHLD")]
    [InlineData("--block-signal=HUP,TERM,CHLD")]
    public async Task A_daemon_that_was_started_deaf_as_by_nohup_obeys_all_the_same(string deafness)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, """
            [service.cat]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """, "env", deafness);

        await daemon.Reload("""
            [service.other]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "exit 3"]
            """);
        await Client.Hear(daemon.Address("other"));

        Assert.Equal("3", (await daemon.Log.WaitFor(Said.Ended, "other"))["ExitCode"]);
        Assert.Equal(0, await daemon.End(Signals.TERM));
    }

    /// <summary>As a shell starts what runs in its background: Ctrl-C is for the foreground.</summary>
    [Fact]
    public async Task A_daemon_that_was_started_with_SIGINT_ignored_goes_on_ignoring_it()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, """
            [service.hello]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            """, "env", "--ignore-signal=INT");

        daemon.Signal(Signals.INT);
        daemon.Signal(Signals.USR1);
        await daemon.Log.WaitFor(Said.Row);
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));

        await daemon.Upgrade();
        daemon.Signal(Signals.INT);
        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));
        Assert.Equal(0, await daemon.End(Signals.TERM));
    }

    [Theory]
    [Trait("Conformance", "defect 13")]
    [InlineData(Who.Root, Signals.TERM)]
    [InlineData(Who.Root, Signals.INT)]
    [InlineData(Who.OrdinaryUser, Signals.TERM)]
    [InlineData(Who.OrdinaryUser, Signals.INT)]
    public async Task The_daemon_ends_promptly_with_0_and_its_children_live_on(Who who, int signal)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.cat]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """);
        var address = daemon.Address("cat");
        using var client = await Client.Connect(address);
        await daemon.Log.WaitFor(Said.StartedFor, "cat");

        Assert.Equal(0, await daemon.End(signal));

        await Assert.ThrowsAsync<SocketException>(() => Client.Connect(address));
        await client.Send("alive");
        Assert.Equal("alive", await client.Receive(5));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Unix_sockets_are_removed(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var (stream, datagram) = (folder.At("stream.sock"), folder.At("datagram.sock"));
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.stream]
            listen = "unix:{stream}"
            exec = ["/bin/cat"]

            [service.datagram]
            listen = "unix-dgram:{datagram}"
            exec = ["/bin/cat"]
            """);
        Assert.True(File.Exists(stream) && File.Exists(datagram));

        await daemon.End(Signals.TERM);

        Assert.False(File.Exists(stream) || File.Exists(datagram));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_daemon_that_was_killed_leaves_nothing_that_keeps_the_next_one_from_starting(Who who)
    {
        using var folder = PrivateFolder.For(who);
        var services = $"""
            [service.cat]
            listen = "unix:{folder.At("cat.sock")}"
            exec = ["/bin/cat"]
            """;
        await using (var killed = await RunningDaemon.Start(folder, services))
        {
            await killed.Kill();
        }

        await using var daemon = await RunningDaemon.Start(folder, services);

        Assert.Equal("again", await Client.Ask(new UnixDomainSocketEndPoint(folder.At("cat.sock")), "again"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_second_daemon_with_the_same_folders_is_turned_away_and_the_first_one_lives(Who who)
    {
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, """
            [service.cat]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            """);

        var second = await Command.Run(
            [.. Machine.Becoming(who), Programs.Daemon, "serve", "--config", folder.At("superserver.toml")]);

        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains("superserver", second.Error + second.Output, StringComparison.Ordinal);
        Assert.Equal("first", await Client.Ask(daemon.Address("cat"), "first"));
    }
}
