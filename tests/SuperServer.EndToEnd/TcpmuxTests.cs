using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>One port, and the client says which service it wants (RFC 1078).</summary>
public sealed class TcpmuxTests
{
    private const string Mux = """
        [service.mux]
        listen = "tcp:127.0.0.1:0"
        handler = "tcpmux"
        options = { timeout = "1s" }

        [service.env]
        listen = "tcpmux:env"
        exec = ["/usr/bin/env"]

        [service.cat]
        listen = "tcpmux:+cat"
        exec = ["/bin/cat"]
        max_connections = 1
        deny = "127.0.0.9"

        """;

    [Theory]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Whoever_asks_for_a_service_gets_its_program_with_its_environment_and_one_id_in_the_log(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Mux);

        var environment = await Client.Ask(daemon.Address("mux"), "ENV\r\n");

        Assert.Contains("SUPERSERVER_SERVICE=env\n", environment, StringComparison.Ordinal);
        Assert.Contains("TCPREMOTEIP=127.0.0.1\n", environment, StringComparison.Ordinal);
        var asked = await daemon.Log.WaitFor(Said.AsksFor, "mux");
        Assert.Equal(("env", asked["Connection"]), (asked["Name"], (await daemon.Log.WaitFor(Said.StartedFor, "env"))["Connection"]));
        await daemon.Log.WaitFor(Said.EndedWithExit, "env");
    }

    [Fact]
    public async Task With_a_plus_tcpmux_answers_and_what_came_behind_the_line_is_the_programs()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Mux);

        Assert.Equal("+Go\r\nhello", await Client.Ask(daemon.Address("mux"), "cat\r\nhello"));
    }

    [Fact]
    public async Task Help_is_a_list_and_what_is_not_there_is_said_not_to_be()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Mux);

        var help = await Client.Ask(daemon.Address("mux"), "help\r\n");
        Assert.Equal(["cat", "env"], help.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0].TrimStart('+')).Order());
        Assert.StartsWith("-", await Client.Ask(daemon.Address("mux"), "nothing\r\n"), StringComparison.Ordinal);
        Assert.Empty(daemon.Log.All(Said.Refused));
    }

    [Fact]
    public async Task Rules_and_limits_are_those_of_the_service_that_is_asked_for()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Mux);
        using var first = await Client.Connect(daemon.Address("mux"));
        await first.Send("cat\r\nhello");
        Assert.Equal("+Go\r\nhello", await first.Receive(10));

        Assert.Equal("+Go\r\n", await Client.Ask(daemon.Address("mux"), "cat\r\n"));
        Assert.StartsWith("limit=max_connections max=1", (await daemon.Log.WaitFor(Said.Refused, "cat"))["Refusal"], StringComparison.Ordinal);
        Assert.Equal("+Go\r\n", await Client.Ask(daemon.Address("mux"), "cat\r\n", from: "127.0.0.9"));
        await daemon.Log.WaitForCount(2, Said.Refused, "cat");
        Assert.StartsWith("limit=deny rule=127.0.0.9", daemon.Log.All(Said.Refused, "cat")[1]["Refusal"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_does_not_say_what_it_wants_is_turned_away_and_frees_its_place()
    {
        await using var daemon = await RunningDaemon.Start(
            Who.OrdinaryUser, Mux.Replace("handler = \"tcpmux\"", "handler = \"tcpmux\"\nmax_connections = 1\noverflow = 'close'", StringComparison.Ordinal));
        using var silent = await Client.Connect(daemon.Address("mux"));
        await daemon.Log.WaitFor(Said.IsAtWork);

        Assert.Equal("", await Client.Hear(daemon.Address("mux")));
        Assert.StartsWith("limit=max_connections", (await daemon.Log.WaitFor(Said.Refused))["Refusal"], StringComparison.Ordinal);
        Assert.Equal("", await silent.ReceiveAll());
        await Eventually.Holds(() => daemon.Log.All(Said.Refused, "mux").Any(line => line["Refusal"] == "limit=tcpmux why=timeout"), "timeout");

        Assert.StartsWith("+Go", await Client.Ask(daemon.Address("mux"), "cat\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_change_with_a_reload()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        await using var daemon = await RunningDaemon.Start(folder, Mux);
        Assert.StartsWith("+Go", await Client.Ask(daemon.Address("mux"), "cat\r\n"), StringComparison.Ordinal);
        await daemon.Log.WaitFor(Said.EndedWithExit, "cat");

        await daemon.Reload(Mux.Replace("tcpmux:+cat", "tcpmux:+copy", StringComparison.Ordinal));

        Assert.StartsWith("-", await Client.Ask(daemon.Address("mux"), "cat\r\n"), StringComparison.Ordinal);
        Assert.Equal("+Go\r\nhello", await Client.Ask(daemon.Address("mux"), "copy\r\nhello"));
    }

    [Fact]
    public async Task Behind_a_proxy_and_a_name_the_program_still_has_the_real_client()
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Mux.Replace(
            "handler = \"tcpmux\"", "handler = \"tcpmux\"\nproxy_protocol = true\ntrusted_proxies = '127.0.0.1'", StringComparison.Ordinal));

        var environment = await Client.Ask(daemon.Address("mux"), "PROXY TCP4 203.0.113.7 192.0.2.1 4444 1\r\nenv\r\n");

        Assert.Contains("TCPREMOTEIP=203.0.113.7\n", environment, StringComparison.Ordinal);
        Assert.Contains("PROXYREMOTEIP=127.0.0.1\n", environment, StringComparison.Ordinal);
    }
}
