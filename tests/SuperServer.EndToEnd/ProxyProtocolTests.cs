using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>Services behind proxies that say who their client is.</summary>
public sealed class ProxyProtocolTests
{
    private const string Header = "PROXY TCP4 203.0.113.7 192.0.2.1 4444 443\r\n";

    private static readonly string[] _told =
        ["PROTO", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPLOCALIP", "TCPLOCALPORT", "REMOTE_ADDR", "REMOTE_PORT", "PROXYREMOTEIP"];

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task The_program_and_the_log_have_the_client_of_the_proxy_and_the_proxy_beside_it(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("env", "exec = ['/usr/bin/env']"));
        using var proxy = await Client.Connect(daemon.Address("env"));
        await proxy.Send(Header);

        var environment = Variables(await proxy.ReceiveAll());

        Assert.Equal(
            ["TCP", "203.0.113.7", "4444", "192.0.2.1", "443", "203.0.113.7", "4444", "127.0.0.1"],
            _told.Select(name => environment[name]));
        Assert.Equal(proxy.Local.ToString(), $"127.0.0.1:{environment["PROXYREMOTEPORT"]}");
        var line = await daemon.Log.WaitFor(Said.StartedByWayOf, "env");
        Assert.Equal(
            (environment["SUPERSERVER_CONNECTION"], "203.0.113.7:4444", proxy.Local.ToString(), "192.0.2.1:443"),
            (line["Connection"], line["Peer"], line["Proxy"], line["Local"]));
    }

    [Theory]
    [InlineData("send-proxy", "127.0.0.1", "127.0.0.5")]
    [InlineData("send-proxy-v2", "127.0.0.1", "127.0.0.5")]
    [InlineData("send-proxy", "::1", "::1")]
    [InlineData("send-proxy-v2", "::1", "::1")]
    public async Task HAProxy_passes_its_clients_on(string words, string front, string client)
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Service("env", "exec = ['/usr/bin/env']"));
        using var haproxy = await Haproxy.Start(folder, daemon.Address("env").ToString(), words, IPAddress.Parse(front));

        var environment = Variables(await Client.Hear(haproxy.Address, from: client));

        Assert.Equal((client, front, "127.0.0.1"),
            (environment["TCPREMOTEIP"], environment["TCPLOCALIP"], environment["PROXYREMOTEIP"]));
        Assert.Equal(haproxy.Address.Port.ToString(null as IFormatProvider), environment["TCPLOCALPORT"]);
    }

    [Fact]
    public async Task Limits_and_rules_go_by_the_client_behind_HAProxy()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(
            folder, Service("echo", "handler = 'echo'\nmax_per_source = 1\ndeny = '127.0.0.7'\nmode = 'pool'"));
        using var haproxy = await Haproxy.Start(folder, daemon.Address("echo").ToString(), "send-proxy-v2");
        using var first = await Speak(haproxy.Address, "127.0.0.5");

        Assert.Equal("", await Client.Hear(haproxy.Address, from: "127.0.0.5"));
        Assert.StartsWith("limit=max_per_source max=1 source=127.0.0.5/32",
            (await daemon.Log.WaitFor(Said.RefusedByWayOf, "echo"))["Refusal"], StringComparison.Ordinal);
        Assert.Equal("", await Client.Hear(haproxy.Address, from: "127.0.0.7"));
        await daemon.Log.WaitForCount(2, Said.RefusedByWayOf, "echo");
        Assert.StartsWith("limit=deny rule=127.0.0.7", daemon.Log.All(Said.RefusedByWayOf)[1]["Refusal"], StringComparison.Ordinal);
        using var other = await Speak(haproxy.Address, "127.0.0.6");
    }

    [Fact]
    public async Task A_penalty_is_the_clients_and_not_the_proxys()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Service("bad", "exec = ['/bin/sh', '-c', 'exit 77']\npenalty = '1h'"));
        var address = daemon.Address("bad");
        await Client.Ask(address, Header);
        await daemon.Log.WaitFor("{Service} bars {Source}");

        await Client.Ask(address, Header);
        await Client.Ask(address, Header.Replace(".7 ", ".8 ", StringComparison.Ordinal));

        Assert.Contains("source=203.0.113.7/32", (await daemon.Log.WaitFor(Said.RefusedByWayOf))["Refusal"], StringComparison.Ordinal);
        await daemon.Log.WaitForCount(2, Said.StartedByWayOf);
        Assert.Single(daemon.Log.All(Said.RefusedByWayOf));
    }

    [Fact]
    public async Task A_tripwire_behind_HAProxy_records_who_was_really_there()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        Alerting.PrepareMaildir(folder);
        await using var daemon = await RunningDaemon.Start(folder, Alerting.ToMaildir(folder) + Alerting.Tripwire(
            Who.OrdinaryUser, "telnet", "message", "proxy_protocol = true\ntrusted_proxies = '127.0.0.1'\nmax_per_source = 1"));
        using var haproxy = await Haproxy.Start(folder, daemon.Address("telnet").ToString(), "send-proxy-v2");

        var notice = await Client.Hear(haproxy.Address, from: "127.0.0.5");

        Assert.Contains("127.0.0.5", notice, StringComparison.Ordinal);
        var spool = new Spool(folder);
        await Eventually.Holds(() => spool.Touches.Count == 1, "record");
        Assert.Equal("127.0.0.5", spool.Visitors[0].Address.ToString());
        Assert.Contains("127.0.0.5", (await new Maildir(folder.At("maildir")).First()).Subject, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Whoever_is_no_trusted_proxy_is_refused_unheard(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("env", "exec = ['/usr/bin/env']\noverflow = 'reset'"));

        await Assert.ThrowsAsync<SocketException>(() => Client.Ask(daemon.Address("env"), Header, from: "127.0.0.9"));

        var line = await daemon.Log.WaitFor(Said.Refused, "env");
        Assert.Matches(@"^limit=trusted_proxies rule=none set-at=.*superserver\.toml:5$", line["Refusal"]);
        Assert.Empty(daemon.Log.All(Said.IsAtWork));
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "no-header")]
    [InlineData("PROXY TCP4 203.0.113.7\r\n", "malformed")]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 4444", "timeout")]
    public async Task A_header_that_is_none_is_named_and_the_next_client_is_served(string text, string why)
    {
        await using var daemon = await RunningDaemon.Start(
            Who.OrdinaryUser, Service("env", "exec = ['/usr/bin/env']\nproxy_timeout = '300ms'\nbanner_refused = 'no'"));
        using var client = await Client.Connect(daemon.Address("env"));
        await client.Send(text);

        Assert.Equal($"limit=proxy_protocol why={why}", (await daemon.Log.WaitFor(Said.Refused, "env"))["Refusal"]);
        Assert.Equal("no", await client.Receive(2));
        Assert.Contains("TCPREMOTEIP=203.0.113.7\n", await Client.Ask(daemon.Address("env"), Header), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_only_looks_whether_we_are_there_is_no_line_in_the_log()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Service("env", "exec = ['/usr/bin/env']"));
        (await Client.Connect(daemon.Address("env"))).Dispose();

        Assert.Contains("TCPREMOTEIP=127.0.0.1\n", await Client.Ask(daemon.Address("env"), "PROXY UNKNOWN\r\n"), StringComparison.Ordinal);

        Assert.Empty(daemon.Log.All(Said.Refused));
        Assert.Single(daemon.Log.All(Said.StartedFor));
    }

    [Fact]
    public async Task A_proxy_may_come_by_a_Unix_socket()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, $"""
            [service.env]
            listen = "unix:{folder.At("env.sock")}"
            exec = ["/usr/bin/env"]
            proxy_protocol = true
            trusted_proxies = ["uid:{(Machine.IsRoot ? 0 : Environment.GetEnvironmentVariable("UID") ?? "1000")}", "user:root"]
            """);
        Assert.SkipUnless(Machine.IsRoot, "the client is root");

        var environment = Variables(await Client.Ask(new UnixDomainSocketEndPoint(folder.At("env.sock")), Header));

        Assert.Equal(("TCP", "203.0.113.7", "443"), (environment["PROTO"], environment["TCPREMOTEIP"], environment["TCPLOCALPORT"]));
        Assert.DoesNotContain("PROXYREMOTEIP", environment.Keys);
        Assert.DoesNotContain("IPCREMOTEPID", environment.Keys);
    }

    [Fact]
    public async Task A_full_service_lets_clients_of_a_proxy_queue_as_any_others()
    {
        await using var daemon = await RunningDaemon.Start(
            Who.OrdinaryUser, Service("cat", "exec = ['/bin/cat']\nmax_connections = 2"));
        var clients = await Client.ConnectMany(5, daemon.Address("cat"));
        foreach (var client in clients)
        {
            await client.Send($"{Header}hello");
        }

        foreach (var client in clients)
        {
            Assert.Equal("hello", await client.Receive(5));
            client.EndSending();
        }

        Assert.Empty(daemon.Log.All(Said.RefusedByWayOf));
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("overflow = 'queue'", "overload")]
    [InlineData("overflow = 'close'\nmax_connections = 1500", "overload")]
    public async Task Thousands_of_connections_that_say_nothing_keep_nobody_out_and_leave_nothing_behind(string keys, string why)
    {
        await using var daemon = await RunningDaemon.Start(
            Who.OrdinaryUser, Service("env", $"exec = ['/usr/bin/env']\nproxy_timeout = '1m'\n{keys}"));
        var address = daemon.Address("env");
        await Client.Ask(address, Header);
        await daemon.Log.WaitFor(Said.EndedWithExit);
        var before = daemon.Kernel.Descriptors.Count;
        var silent = await Client.ConnectMany(2_000, address, from: "127.0.0.1");

        var watch = Stopwatch.StartNew();
        Assert.Contains("TCPREMOTEIP=203.0.113.7\n", await Client.Ask(address, Header), StringComparison.Ordinal);

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 8);
        Assert.Equal($"limit=proxy_protocol why={why}", (await daemon.Log.WaitFor(Said.Refused))["Refusal"]);
        Assert.InRange(daemon.Kernel.Descriptors.Count, before, before + 1_010);
        silent.ForEach(client => client.Dispose());
        await Eventually.Holds(() => daemon.Kernel.Descriptors.Count <= before, "end of all visits");
    }

    [Fact]
    public async Task A_visit_lives_through_a_reload_and_goes_by_what_the_file_says_then()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var service = Service("say", "exec = ['/bin/echo', 'old']");
        await using var daemon = await RunningDaemon.Start(folder, service);
        using var client = await Client.Connect(daemon.Address("say"));
        await client.Send(Header[..20]);
        await daemon.Log.WaitFor(Said.IsAtWork);

        await daemon.Reload(service.Replace("'old'", "'new'", StringComparison.Ordinal));
        await client.Send(Header[20..]);

        Assert.Equal("new\n", await client.ReceiveAll());
        Assert.Single(daemon.Log.All(Said.IsAtWork));
    }

    [Fact]
    public async Task A_visit_to_a_service_that_leaves_the_file_is_turned_away()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        var other = Service("other", "exec = ['/bin/echo', 'other']");
        await using var daemon = await RunningDaemon.Start(folder, Service("say", "exec = ['/bin/echo', 'old']") + other);
        using var client = await Client.Connect(daemon.Address("say"));
        await client.Send(Header[..20]);
        await daemon.Log.WaitFor(Said.IsAtWork);
        var porter = daemon.Log.All(Said.IsAtWork)[0].Pid;

        await daemon.Reload(other);
        await client.Send(Header[20..]);

        Assert.Equal("", await client.ReceiveAll());
        await Eventually.Holds(() => daemon.Kernel.Children.All(child => child.Pid != porter), "end of the process");
    }

    [Fact]
    public async Task A_visit_is_finished_before_an_upgrade_and_the_next_one_is_as_before()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Service("cat", "exec = ['/bin/cat']"));
        using var client = await Client.Connect(daemon.Address("cat"));
        await client.Send(Header[..20]);
        await daemon.Log.WaitFor(Said.IsAtWork);

        var upgrade = daemon.Upgrade();
        await client.Send(Header[20..] + "hello");
        Assert.Equal("hello", await client.Receive(5));
        await upgrade;

        await client.Send("again");
        Assert.Equal("again", await client.Receive(5));
        Assert.Equal("other", await Client.Ask(daemon.Address("cat"), $"{Header}other"));
        await Eventually.Holds(() => daemon.Kernel.Children.Count(child => child.Environment.ContainsKey("SUPERSERVER_POOL")) == 1, "one process");
    }

    private static string Service(string name, string keys) => $"""
        [service.{name}]
        listen = "tcp:127.0.0.1:0"
        # only those in front of it
        proxy_protocol = true
        trusted_proxies = "127.0.0.1"
        {keys}

        """;

    private static Dictionary<string, string> Variables(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    private static async Task<Client> Speak(EndPoint address, string from)
    {
        var client = await Client.Connect(address, from);
        await client.Send("hello");
        Assert.Equal("hello", await client.Receive(5));
        return client;
    }
}
