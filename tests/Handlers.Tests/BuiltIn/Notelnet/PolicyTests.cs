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
        Assert.Equal(action, Policy.From(HandlerOptions.Parse(null), port).OnConnect);

    [Theory]
    [InlineData("message", 22)]
    [InlineData("close", 23)]
    public void The_administrators_choice_comes_before_the_port(string action, int port) =>
        Assert.Equal(action, Policy.From(HandlerOptions.Parse($$"""{"on_connect":"{{action}}"}"""), port).OnConnect);

    [Theory]
    [InlineData("""{"on_connect":"tarpit"}""", "option 'on_connect' must be one of: message, close")]
    [InlineData("""{"capture":257}""", "option 'capture' must be a number from 0 to 256")]
    [InlineData("""{"message":"Hello {host}"}""", "option 'message' may hold {client_ip}, {time} and {ref}, but not {host}")]
    [InlineData("""{"message":"{ref} {"}""", "option 'message' may hold {client_ip}, {time} and {ref}, but not {")]
    [InlineData("""{"capure":1}""", "there is no option 'capure'")]
    public void A_mistake_is_named_and_the_default_stands(string json, string problem)
    {
        var options = HandlerOptions.Parse(json);

        var policy = Policy.From(options, 23);

        Assert.Equal(("message", 256), (policy.OnConnect, policy.Capture));
        Assert.StartsWith("Telnet is not offered", Text(policy), StringComparison.Ordinal);
        Assert.Equal([problem], options.Problems);
    }

    [Fact]
    public void A_message_that_one_send_might_not_carry_is_a_mistake()
    {
        var options = HandlerOptions.Parse($$"""{"message":"{{new string('x', 897)}}"}""");

        _ = Policy.From(options, 23);

        Assert.Equal(["option 'message' must not be longer than 896 bytes"], options.Problems);
    }

    [Fact]
    public void The_message_says_who_when_and_the_reference() =>
        Assert.Equal(
            "Telnet is not offered on this host.\r\n"
            + "Your connection from 203.0.113.7 at 2026-11-22 23:28:47 UTC was recorded and reported.\r\n"
            + "If you expected a service here, tell the administrator: reference 7KQ2M4.\r\n",
            Text(Policy.From(HandlerOptions.Parse(null), 23)));

    [Theory]
    [InlineData("a\\nb", "a\r\nb\r\n")]
    [InlineData("a\\r\\nb\\r\\n", "a\r\nb\r\n")]
    [InlineData("{ref}{ref} {time}", "7KQ2M47KQ2M4 2026-11-22 23:28:47\r\n")]
    [InlineData("gr\\u00fcezi }", "gr\u00fcezi }\r\n")]
    public void An_own_message_is_filled_in_and_its_lines_end_as_a_terminal_needs_it(string template, string text) =>
        Assert.Equal(text, Text(Policy.From(HandlerOptions.Parse($$"""{"message":"{{template}}"}"""), 23)));

    [Fact]
    public void A_client_without_an_address_is_told_so() =>
        Assert.Contains(
            "from an unknown address at",
            Encoding.UTF8.GetString(Policy.From(HandlerOptions.Parse(null), 23).Notice.For(null, _at, "7KQ2M4")),
            StringComparison.Ordinal);

    [Fact]
    public void Whatever_the_message_is_one_send_carries_it()
    {
        var policy = Policy.From(HandlerOptions.Parse($$"""{"message":"{{string.Concat(Enumerable.Repeat("{time}", 140))}}"}"""), 23);

        Assert.Equal(1024, policy.Notice.For(IPAddress.IPv6Loopback, _at, "7KQ2M4").Length);
    }

    private static string Text(Policy policy) =>
        Encoding.UTF8.GetString(policy.Notice.For(IPAddress.Parse("203.0.113.7"), _at, "7KQ2M4"));
}
