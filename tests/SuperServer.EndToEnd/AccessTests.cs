using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Who may come in: networks, sets, users, times, and names that are asked for by somebody else.</summary>
[Collection(nameof(NameServer))]
public sealed class AccessTests
{
    private const string Nobody = "65534";

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_best_match_decides_a_tie_refuses_and_the_log_names_the_rule_and_its_line(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.door]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            allow = ["127.0.0.0/16", "127.1.0.7", "127.2.0.2"]
            deny = ["127.1.0.0/24", "127.2.0.2", "127.0.3.0/24"]

            [service.closed]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            allow = []

            [service.open]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            deny = "127.1.0.0/16"
            """);

        await MayComeIn(daemon, "door", "127.0.0.1", "127.0.255.255", "127.1.0.7");
        await MayNotComeIn(daemon, "door", "limit=deny rule=127.1.0.0/24 set-at=superserver.toml:5", "127.1.0.6");
        await MayNotComeIn(daemon, "door", "limit=deny rule=127.2.0.2 set-at=superserver.toml:5", "127.2.0.2");
        await MayNotComeIn(daemon, "door", "limit=deny rule=127.0.3.0/24 set-at=superserver.toml:5", "127.0.3.3");
        await MayNotComeIn(daemon, "door", "limit=allow", "127.3.0.1");
        await MayNotComeIn(daemon, "closed", "limit=allow", "127.0.0.1");
        await MayComeIn(daemon, "open", "127.0.0.1");
        await MayNotComeIn(daemon, "open", "limit=deny rule=127.1.0.0/16 set-at=superserver.toml:15", "127.1.2.3");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_set_counts_as_its_file_is_now_and_a_broken_file_changes_nothing(Who who)
    {
        using var folder = PrivateFolder.For(who);
        folder.Write("office.networks", "127.0.0.2\n");
        const string Services = """
            sets.office = "office.networks"

            [service.door]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            allow = "@office"
            """;
        await using var daemon = await RunningDaemon.Start(folder, Services);
        await MayComeIn(daemon, "door", "127.0.0.2");
        await MayNotComeIn(daemon, "door", "limit=allow", "127.0.0.3");

        folder.Replace("office.networks", "# moved\n127.0.0.3/32\n");
        await daemon.Log.WaitFor("set {Set} has changed: {Networks} networks");
        await MayComeIn(daemon, "door", "127.0.0.3");
        await MayNotComeIn(daemon, "door", "limit=allow", "127.0.0.2");

        await using (var files = await Faults.Watch(daemon, "openat"))
        {
            await daemon.Reload(Services);
            Assert.Contains("superserver.toml", files.Calls, StringComparison.Ordinal);
            Assert.DoesNotContain("office.networks", files.Calls, StringComparison.Ordinal);
        }

        folder.Replace("office.networks", "127.0.0.4\n127.0.0.5/8\n");
        await daemon.Log.WaitFor("set {Set} has changed and has mistakes");
        Assert.Contains("office.networks:2", (await daemon.Log.WaitFor("{Problem}"))["Problem"], StringComparison.Ordinal);
        await MayComeIn(daemon, "door", "127.0.0.3");
        await MayNotComeIn(daemon, "door", "limit=allow", "127.0.0.4");
    }

    [Fact]
    public async Task At_a_Unix_socket_users_and_groups_are_let_in_by_what_the_kernel_says_of_them()
    {
        using var folder = PrivateFolder.For(Who.Root);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.door]
            listen = "unix:{folder.At("door")}"
            exec = ["/bin/echo", "hello"]
            allow = ["group:somebody", "user:git"]
            deny = ["uid:{Machine.Uid("member")}", "group:git"]
            """);

        Assert.Equal("hello\n", await HearAs("somebody", "somebody"));
        Assert.Equal("hello\n", await HearAs("git", "git"));          // a user is worth more than a group
        Assert.Equal("", await HearAs("member", "somebody"));
        Assert.Equal("", await HearAs("root", "root"));
        Assert.Equal(2, daemon.Log.All(Said.Refused).Count);

        async Task<string> HearAs(string user, string group) => (await Command.Run(
            "setpriv", $"--reuid={user}", $"--regid={group}", "--clear-groups", "--", "perl", "-MSocket", "-e",
            $"socket(S, AF_UNIX, SOCK_STREAM, 0); connect(S, pack_sockaddr_un('{folder.At("door")}')) or die $!; print <S>"))
            .Succeeded();
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Times_are_those_of_the_machines_own_zone(Who who)
    {
        const string Zone = "Asia/Tokyo";
        Assert.SkipUnless(TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out var zone), $"there is no {Zone} on this machine");
        using var folder = PrivateFolder.For(who);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.now]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            access_times = "{Around(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UtcNow, zone!))}"

            [service.elsewhere]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            access_times = "{Around(DateTime.UtcNow)}"
            """, new Dictionary<string, string> { ["TZ"] = Zone });

        await MayComeIn(daemon, "now", "127.0.0.1");
        await MayNotComeIn(daemon, "elsewhere", "limit=access_times", "127.0.0.1");
    }

    [Fact]
    public async Task A_name_is_looked_up_by_a_process_that_is_nobody_and_has_nothing()
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, """
            [service.friends]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            allow = ".example.org"

            [service.others]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            deny = "friend.example.org"
            """);

        await MayComeIn(daemon, "friends", "127.0.0.77");
        await MayNotComeIn(daemon, "friends", "limit=allow", "127.0.0.1");
        await MayComeIn(daemon, "others", "127.0.0.1");
        await MayNotComeIn(daemon, "others", "limit=deny rule=friend.example.org set-at=superserver.toml:9", "127.0.0.77");

        var resolver = Resolver(daemon)!;
        Assert.Equal($"{Nobody} {Nobody} {Nobody} {Nobody}", resolver.Status("Uid"));
        Assert.Equal($"{Nobody} {Nobody} {Nobody} {Nobody}", resolver.Status("Gid"));
        Assert.Equal("1", resolver.Status("NoNewPrivs"));
        Assert.Equal("0000000000000000", resolver.Status("CapEff"));
        // What it has besides is its runtime's own: nothing that the daemon has, too.
        var daemons = daemon.Kernel.Descriptors.Values.Where(target => target.StartsWith("socket:", StringComparison.Ordinal)
            || target.StartsWith("pipe:", StringComparison.Ordinal)
            || target.StartsWith(daemon.Folder.Path, StringComparison.Ordinal));
        Assert.DoesNotContain(resolver.Descriptors, descriptor => descriptor.Key > 2 && daemons.Contains(descriptor.Value));
    }

    [Fact]
    public async Task While_one_waits_for_his_name_the_others_are_served_and_the_death_of_the_resolver_ends_the_wait()
    {
        Machine.MustAllow(Who.Root);
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        deaf.Bind(IPEndPoint.Parse("127.0.0.99:53"));      // the name server of these tests (script/end-to-end) answers no more
        await using var daemon = await RunningDaemon.Start(Who.Root, """
            [service.friends]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            allow = ".example.org"

            [service.others]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            deny = "friend.example.org"

            [service.everybody]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/echo", "hello"]
            """);

        var kept = Client.Hear(daemon.Address("friends"), "127.0.0.80");
        var waiting = Client.Hear(daemon.Address("others"), "127.0.0.81");
        await Eventually.Holds(() => deaf.Available > 0, "question to the name server");
        await MayComeIn(daemon, "everybody", "127.0.0.80");
        await MayComeIn(daemon, "friends", "127.0.0.77");
        await MayComeIn(daemon, "others", "127.0.0.1");
        Assert.False(kept.IsCompleted || waiting.IsCompleted, "somebody did not wait for his name");

        var first = Resolver(daemon)!.Pid;
        Machine.KillIfAlive(first);

        Assert.Equal(("", "hello\n"), (await kept, await waiting));     // nobody has no name: allow keeps him out, deny does not
        await MayComeIn(daemon, "friends", "127.0.0.77");
        Assert.NotEqual(first, Resolver(daemon)!.Pid);
    }

    private static LinuxProcess? Resolver(RunningDaemon daemon) => daemon.Kernel.Children
        .SingleOrDefault(child => child.IsAlive && child.CommandLine.Contains("resolve"));

    private static string Around(DateTime time) => string.Create(
        CultureInfo.InvariantCulture, $"{time.AddHours(-1):HH:mm}-{time.AddHours(1):HH:mm}");

    private static async Task MayComeIn(RunningDaemon daemon, string service, params string[] sources)
    {
        foreach (var source in sources)
        {
            Assert.Equal((source, "hello\n"), (source, await Client.Hear(daemon.Address(service), source)));
        }
    }

    private static async Task MayNotComeIn(RunningDaemon daemon, string service, string why, string source)
    {
        Assert.Equal((source, ""), (source, await Client.Hear(daemon.Address(service), source)));
        await Eventually.Holds(() => daemon.Log.All(Said.Refused, service).Any(line =>
            line["Peer"].StartsWith(source + ":", StringComparison.Ordinal)
            && Brief(daemon, line["Refusal"]).StartsWith(why, StringComparison.Ordinal)), $"refusal of {source}: {why}");
    }

    // The file has its path there, and that is another one for each test.
    private static string Brief(RunningDaemon daemon, string refusal) =>
        refusal.Replace(daemon.Folder.Path + "/", string.Empty, StringComparison.Ordinal);
}
