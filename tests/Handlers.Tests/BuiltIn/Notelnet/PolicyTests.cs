using System.Net;
using System.Text;
using SuperServer.Handlers.BuiltIn.Notelnet;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

public sealed class PolicyTests
{
    private static readonly DateTimeOffset _at = new(2026, 11, 22, 23, 28, 47, TimeSpan.Zero);

    [Theory]
    [InlineData(23, "message")]
    [InlineData(22, "close")]
    [InlineData(2323, "close")]
    [InlineData(null, "close")]
    public void Telnets_port_gets_a_message_and_every_other_silence(int? port, string action) =>
        Assert.Equal(action, Of(null, port).OnConnect);

    [Theory]
    [InlineData("message", 22)]
    [InlineData("close", 23)]
    [InlineData("reset", 23)]
    [InlineData("tarpit", 22)]
    public void The_administrators_choice_comes_before_the_port(string action, int port) =>
        Assert.Equal(action, Of($$"""{"on_connect":"{{action}}"}""", port).OnConnect);

    [Theory]
    [InlineData("""{"on_connect":"mesage"}""", "option 'on_connect' must be one of: message, close, reset, tarpit")]
    [InlineData("""{"tarpit_clients":4097}""", "option 'tarpit_clients' must be a number from 0 to 4096")]
    [InlineData("""{"tarpit_time":"2d"}""", "option 'tarpit_time' must not be longer than a day")]
    [InlineData("""{"idle":"soon"}""", "option 'idle' must be a duration such as \"90s\", \"5m\" or \"2h\"")]
    [InlineData("""{"ports":22}""", "option 'ports' must be a table")]
    [InlineData("""{"ports":{"22":"close"}}""", "option 'ports.22' must be a table")]
    [InlineData("""{"ports":{"ssh":{}}}""", "option 'ports' is a table by port numbers, and 'ssh' is none")]
    [InlineData("""{"ports":{"23":{"on_connect":"x"}}}""", "option 'ports.23.on_connect' must be one of: message, close, reset, tarpit")]
    [InlineData("""{"ports":{"22":{"capure":1}}}""", "there is no option 'ports.22.capure'")]
    [InlineData("""{"capture":257}""", "option 'capture' must be a number from 0 to 256")]
    [InlineData("""{"message":"Hello {host}"}""", "option 'message' may hold {client_ip}, {time} and {ref}, but not {host}")]
    [InlineData("""{"message":"{ref} {"}""", "option 'message' may hold {client_ip}, {time} and {ref}, but not {")]
    [InlineData("""{"capure":1}""", "there is no option 'capure'")]
    public void A_mistake_is_named_and_the_default_stands(string json, string problem)
    {
        var options = HandlerOptions.Parse(json);

        var policy = Policies.From(options, mayTarpit: true).For(23);

        Assert.Equal(("message", 256), (policy.OnConnect, policy.Capture));
        Assert.StartsWith("Telnet is not offered", Text(policy), StringComparison.Ordinal);
        Assert.Equal([problem], options.Problems);
    }

    [Fact]
    public void A_message_that_one_send_might_not_carry_is_a_mistake()
    {
        var options = HandlerOptions.Parse($$"""{"message":"{{new string('x', 897)}}"}""");

        _ = Policies.From(options, mayTarpit: true);

        Assert.Equal(["option 'message' must not be longer than 896 bytes"], options.Problems);
    }

    [Fact]
    public void The_message_says_who_when_and_the_reference() =>
        Assert.Equal(
            "Telnet is not offered on this host.\r\n"
            + "Your connection from 203.0.113.7 at 2026-11-22 23:28:47 UTC was recorded and reported.\r\n"
            + "If you expected a service here, tell the administrator: reference 7KQ2M4.\r\n",
            Text(Of(null, 23)));

    [Theory]
    [InlineData("a\\nb", "a\r\nb\r\n")]
    [InlineData("a\\r\\nb\\r\\n", "a\r\nb\r\n")]
    [InlineData("{ref}{ref} {time}", "7KQ2M47KQ2M4 2026-11-22 23:28:47\r\n")]
    [InlineData("gr\\u00fcezi }", "gr\u00fcezi }\r\n")]
    public void An_own_message_is_filled_in_and_its_lines_end_as_a_terminal_needs_it(string template, string text) =>
        Assert.Equal(text, Text(Of($$"""{"message":"{{template}}"}""", 23)));

    [Fact]
    public void A_client_without_an_address_is_told_so() =>
        Assert.Contains(
            "from an unknown address at",
            Encoding.UTF8.GetString(Of(null, 23).Notice.For(null, _at, "7KQ2M4")),
            StringComparison.Ordinal);

    [Fact]
    public void Whatever_the_message_is_one_send_carries_it()
    {
        var policy = Of($$"""{"message":"{{string.Concat(Enumerable.Repeat("{time}", 140))}}"}""", 23);

        Assert.Equal(1024, policy.Notice.For(IPAddress.IPv6Loopback, _at, "7KQ2M4").Length);
    }

    [Fact]
    public void A_port_of_its_own_takes_over_what_it_does_not_say()
    {
        const string Json = """
            {"on_connect":"reset","capture":7,"message":"all",
             "ports":{"22":{"on_connect":"close"},"23":{"message":"telnet"},"25":{"on_connect":"message","capture":0}}}
            """;

        Assert.Equal(("close", 7), (Of(Json, 22).OnConnect, Of(Json, 22).Capture));
        Assert.Equal(("reset", "telnet\r\n"), (Of(Json, 23).OnConnect, Text(Of(Json, 23))));
        Assert.Equal(("message", 0, "all\r\n"), (Of(Json, 25).OnConnect, Of(Json, 25).Capture, Text(Of(Json, 25))));
        Assert.Equal(("reset", 7), (Of(Json, 2323).OnConnect, Of(Json, 2323).Capture));
    }

    [Fact]
    public void A_process_for_one_client_has_no_tarpit()
    {
        var options = HandlerOptions.Parse("""{"ports":{"23":{"on_connect":"tarpit"}}}""");

        Assert.Equal("close", Policies.From(options, mayTarpit: false).For(23).OnConnect);

        Assert.Equal(
            ["option 'ports.23.on_connect' can be \"tarpit\" only with mode = \"wait\" or \"pool\"; the client is closed"],
            options.Problems);
    }

    [Fact]
    public void What_is_not_said_about_tarpit_and_idleness_is_as_documented()
    {
        var policies = Policies.From(HandlerOptions.Parse(null), mayTarpit: true);

        Assert.Equal(new TarpitLimits(256, 4, TimeSpan.FromHours(1)), policies.Tarpit);
        Assert.Equal(TimeSpan.FromSeconds(60), policies.Idle);
    }

    private static Policy Of(string? json, int? port) => Policies.From(HandlerOptions.Parse(json), mayTarpit: true).For(port);

    private static string Text(Policy policy) =>
        Encoding.UTF8.GetString(policy.Notice.For(IPAddress.Parse("203.0.113.7"), _at, "7KQ2M4"));
}
