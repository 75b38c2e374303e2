using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.BuiltIn.Redirect;

namespace SuperServer.Handlers.Tests.BuiltIn.Redirect;

/// <summary>How targets are written, and in which order their addresses are tried.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("tcp:192.0.2.1:22", "192.0.2.1:22")]
    [InlineData("tcp:[2001:db8::1]:22", "[2001:db8::1]:22")]
    [InlineData("udp:192.0.2.1:53", "192.0.2.1:53")]
    public void An_address_needs_no_look_up(string text, string address)
    {
        var target = Target.Parse(text)!;

        Assert.Null(target.Host);
        Assert.Equal(IPEndPoint.Parse(address), target.Known);
        Assert.Equal(!text.StartsWith("udp", StringComparison.Ordinal), target.IsStream);
    }

    [Fact]
    public void A_name_is_looked_up_later()
    {
        var target = Target.Parse("tcp:db.example.org:5432")!;

        Assert.Equal(("db.example.org", 5432), (target.Host, target.Port));
        Assert.Null(target.Known);
    }

    [Theory]
    [InlineData("unix:/run/app.sock", "/run/app.sock")]
    [InlineData("unix:@app", "@app")]
    public void A_path_is_a_local_socket(string text, string shown) =>
        Assert.Equal(shown, Assert.IsType<UnixDomainSocketEndPoint>(Target.Parse(text)!.Known).ToString());

    [Theory]
    [InlineData("192.0.2.1:22")]
    [InlineData("tcp:192.0.2.1")]
    [InlineData("tcp::22")]
    [InlineData("tcp:host:0")]
    [InlineData("tcp:host:65536")]
    [InlineData("tcp:host: 22")]
    [InlineData("tcp:2001:db8::1:22")]
    [InlineData("tcp:[192.0.2.1]:22")]
    [InlineData("unix:app.sock")]
    [InlineData("unix:/")]
    [InlineData("")]
    public void Anything_else_is_none(string text) => Assert.Null(Target.Parse(text));

    [Fact]
    public void The_families_take_turns_and_the_resolver_says_which_is_first()
    {
        var found = Addresses("2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2");

        Assert.Equal(
            Addresses("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"),
            HostAddresses.ByTurns(found));
    }

    private static IReadOnlyList<IPAddress> Addresses(params string[] texts) => [.. texts.Select(IPAddress.Parse)];
}
