using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>How many and how fast: each limit as a client meets it, and as the log tells of it.</summary>
public sealed class LimitTests
{
    private const string Hello = """
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/echo", "hello"]
        """;

    private const string Cat = """
        listen = "tcp:127.0.0.1:0"
        exec = ["/bin/cat"]
        """;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_source_has_exactly_its_places_and_takes_none_of_the_others_also_after_a_new_start_in_place(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $$"""
            [service.cat]
            {{Cat}}
            max_per_source = 2

            [service.net]
            {{Cat}}
            max_per_source = 1
            source_prefix = { v4 = 24 }
            """);
        using var first = await Served(daemon.Address("cat"), "127.0.0.2");
        using var second = await Served(daemon.Address("cat"), "127.0.0.2");
        await IsRefused(daemon, "cat", "127.0.0.2", "limit=max_per_source max=2 source=127.0.0.2/32 set-at=superserver.toml:4");

        await daemon.Upgrade();

        await IsRefused(daemon, "cat", "127.0.0.2", "limit=max_per_source max=2 source=127.0.0.2/32 set-at=superserver.toml:4");
        using var other = await Served(daemon.Address("cat"), "127.0.0.3");
        first.Dispose();
        await daemon.Log.WaitFor(Said.EndedWithExit, "cat");
        using var third = await Served(daemon.Address("cat"), "127.0.0.2");

        using var neighbour = await Served(daemon.Address("net"), "127.0.5.1");
        await IsRefused(daemon, "net", "127.0.5.2", "limit=max_per_source max=1 source=127.0.5.0/24");
        using var stranger = await Served(daemon.Address("net"), "127.0.6.2");
    }

    [Fact]
    public async Task Whoever_has_an_IPv6_network_is_one_source()
    {
        await using var network = await ExtraAddresses.Add("2001:db8:4::1", "2001:db8:4::2", "2001:db8:4:1::1");
        await using var daemon = await RunningDaemon.Start(Who.Root, """
            [service.cat]
            listen = "tcp:[::1]:0"
            exec = ["/bin/cat"]
            max_per_source = 1
            """);

        using var first = await Served(daemon.Address("cat"), "2001:db8:4::1");
        await IsRefused(daemon, "cat", "2001:db8:4::2", "limit=max_per_source max=1 source=2001:db8:4::/64");
        using var other = await Served(daemon.Address("cat"), "2001:db8:4:1::1");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_source_that_comes_too_often_waits_for_its_next_token_also_after_a_new_start_in_place(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $$"""
            [service.hello]
            {{Hello}}
            rate_per_source = { rate = "1/h", burst = 3 }
            """);
        var address = daemon.Address("hello");

        Assert.Equal(["hello\n", "hello\n"], [await Client.Hear(address, "127.0.0.2"), await Client.Hear(address, "127.0.0.2")]);
        await daemon.Upgrade();
        Assert.Equal("hello\n", await Client.Hear(address, "127.0.0.2"));
        await IsRefused(daemon, "hello", "127.0.0.2", "limit=rate_per_source max=");
        var refusal = Brief(daemon, daemon.Log.All(Said.Refused)[^1]["Refusal"]);
        Assert.EndsWith("source=127.0.0.2/32 set-at=superserver.toml:4", refusal, StringComparison.Ordinal);
        Assert.Equal("hello\n", await Client.Hear(address, "127.0.0.3"));
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_service_that_is_asked_too_fast_pauses_says_until_when_and_goes_on_by_itself(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $$"""
            [service.hello]
            {{Hello}}
            rate = { rate = "2/s", burst = 2 }
            """);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Client.Hear(daemon.Address("hello"))));

        Assert.All(answers, answer => Assert.Equal("hello\n", answer));
        Assert.Empty(daemon.Log.All(Said.Refused));
        await daemon.Log.WaitFor(Said.IsInState, "hello");
        var paused = daemon.Log.All(Said.IsInState, "hello")[0];
        Assert.Equal("paused", paused["State"]);
        Assert.StartsWith(": limit=rate max=", paused["Why"], StringComparison.Ordinal);
        Assert.EndsWith("/superserver.toml:4", paused["Why"], StringComparison.Ordinal);
        Assert.Matches(@"^, tried again in 0(\.\d)? s$", paused["Until"]);
        await Eventually.Holds(() => daemon.Log.All(Said.IsInState, "hello")[^1]["State"] == "online", "online");
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task All_services_together_have_no_more_children_than_they_may(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, $$"""
            [service.one]
            {{Cat}}

            [service.two]
            {{Cat}}

            [service.rude]
            {{Cat}}
            overflow = "close"

            [daemon]
            max_children = 2
            """);
        using var first = await Served(daemon.Address("one"));
        using var second = await Served(daemon.Address("two"));
        using var third = await Client.Connect(daemon.Address("two"));
        await third.Send("third");

        await IsRefused(daemon, "rude", "127.0.0.1", "limit=max_children max=2 set-at=superserver.toml:15");
        Assert.Contains(daemon.Log.All(Said.IsInState, "two"), line =>
            line["State"] == "paused" && line["Why"].Contains("limit=max_children max=2", StringComparison.Ordinal));
        Assert.Equal(2, daemon.Log.All(Said.StartedFor).Count);

        first.Dispose();
        Assert.Equal("third", await third.Receive(5));
        third.Dispose();
        using var fourth = await Served(daemon.Address("rude"), retry: true);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task A_machine_that_has_enough_to_do_takes_nobody(Who who)
    {
        var loads = await File.ReadAllTextAsync("/proc/loadavg", Deadline.Soon);
        var load = double.Parse(loads.Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.SkipWhen(load < 0.05, "this machine has nothing to do");
        var services = $$"""
            [service.idle]
            {{Hello}}
            max_load = 100000

            [service.busy]
            {{Hello}}
            max_load = 0.01
            overflow = "close"

            [service.patient]
            {{Hello}}
            max_load = 0.01
            """;
        await using var daemon = await RunningDaemon.Start(who, services);

        Assert.Equal("hello\n", await Client.Hear(daemon.Address("idle")));
        await IsRefused(daemon, "busy", "127.0.0.1", "limit=max_load max=0.01 load=");
        Assert.EndsWith("/superserver.toml:9", daemon.Log.All(Said.Refused)[^1]["Refusal"], StringComparison.Ordinal);
        using var waiting = await Client.Connect(daemon.Address("patient"));
        await daemon.Reload(services.Replace("0.01", "100000", StringComparison.Ordinal));
        Assert.Equal("hello\n", await waiting.ReceiveAll());
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Words_at_the_door_are_sent_to_the_byte_and_before_the_programs_first(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, """
            [service.told]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/sh", "-c", "printf child; exec cat"]
            banner = "220 tür\r\n"
            banner_refused = "421 full\u0001\u001b\r\n"
            max_connections = 1
            overflow = "message"

            [service.reset]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/cat"]
            banner_refused = "never seen"
            max_connections = 1
            overflow = "reset"
            """);
        using var inside = await Client.Connect(daemon.Address("told"));
        Assert.Equal("220 t\u00c3\u00bcr\r\nchild", await inside.Receive(15));     // UTF-8, read as bytes
        using var held = await Served(daemon.Address("reset"));

        using var outside = await Client.Connect(daemon.Address("told"));
        await outside.Send("what nobody will read");       // closing over it would be a reset, and that would eat the words
        Assert.Equal("421 full\u0001\u001b\r\n", await outside.ReceiveAll());
        var error = await Assert.ThrowsAsync<SocketException>(() => Client.Hear(daemon.Address("reset")));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        foreach (var service in new[] { "told", "reset" })
        {
            var refusal = (await daemon.Log.WaitFor(Said.Refused, service))["Refusal"];
            Assert.StartsWith(
                "limit=max_connections max=1 set-at=superserver.toml:", Brief(daemon, refusal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Clients_that_are_turned_away_and_never_read_hold_nobody_up()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, $$"""
            [service.full]
            {{Cat}}
            send_buffer = "1KiB"
            banner = "{{new string('w', 1000)}}"
            banner_refused = "{{new string('r', 1000)}}"
            max_connections = 1
            overflow = "message"

            [service.hello]
            {{Hello}}
            """);
        using var inside = await Client.Connect(daemon.Address("full"));
        await daemon.Log.WaitFor(Said.StartedFor, "full");
        var before = daemon.Kernel.Descriptors.Count;
        var deaf = new List<Client>();
        for (var i = 0; i < 300; i++)
        {
            deaf.Add(await Client.Connect(daemon.Address("full")));
        }

        Assert.Equal("hello\n", await Client.Hear(daemon.Address("hello")));
        await Eventually.Holds(() => daemon.Kernel.Descriptors.Count <= before, "closing of the last connection");
        deaf.ForEach(client => client.Dispose());
    }

    private static async Task<Client> Served(EndPoint address, string? from = null, bool retry = false)
    {
        while (true)
        {
            var client = await Client.Connect(address, from);
            try
            {
                await client.Send("?");
                Assert.Equal("?", await client.Receive(1));
                return client;
            }
            catch (Exception error) when (retry && error is SocketException or Xunit.Sdk.TrueException)
            {
                client.Dispose();       // the place is about to be free
            }
        }
    }

    private static async Task IsRefused(RunningDaemon daemon, string service, string from, string why)
    {
        Assert.Equal("", await Client.Hear(daemon.Address(service), from));
        await Eventually.Holds(() => daemon.Log.All(Said.Refused, service).Any(line =>
            line["Peer"].Contains(from, StringComparison.Ordinal)
            && Brief(daemon, line["Refusal"]).StartsWith(why, StringComparison.Ordinal)), $"refusal of {from}: {why}");
    }

    // The file has its path there, and that is another one for each test.
    private static string Brief(RunningDaemon daemon, string refusal) =>
        refusal.Replace(daemon.Folder.Path + "/", string.Empty, StringComparison.Ordinal);
}
