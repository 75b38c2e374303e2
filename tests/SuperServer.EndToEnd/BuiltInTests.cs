using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>echo, discard, chargen, daytime and time, byte for byte as RFC 862, 863, 864, 867 and 868 have them.</summary>
public sealed partial class BuiltInTests
{
    private static readonly byte[] _anything = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    [Theory]
    [Trait("Conformance", "behaviour 13")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Echo_over_tcp_returns_every_byte(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("echo", "tcp"));
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 10_000));

        Assert.Equal(text, await Client.Ask(daemon.Address("echo"), text));
    }

    [Theory]
    [Trait("Conformance", "behaviour 13")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Echo_over_udp_returns_the_datagram(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("echo", "udp"));
        using var client = new DatagramClient(daemon.Address("echo", "udp"));

        Assert.Equal(Encoding.Latin1.GetString(_anything), await client.Ask(Encoding.Latin1.GetString(_anything)));
        Assert.Equal(new string('x', 4000), await client.Ask(new string('x', 4000)));
    }

    [Theory]
    [Trait("Conformance", "behaviour 13")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Discard_says_nothing(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("discard", "tcp"));

        Assert.Empty(await Client.Ask(daemon.Address("discard"), new string('x', 100_000)));
    }

    [Theory]
    [Trait("Conformance", "behaviour 13")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Chargen_over_tcp_sends_72_characters_a_line_each_shifted_by_one(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("chargen", "tcp"));
        using var client = await Client.Connect(daemon.Address("chargen"));

        Assert.Equal(string.Concat(Enumerable.Range(0, 200).Select(ChargenLine)), await client.Receive(200 * 74));
    }

    [Theory]
    [Trait("Conformance", "behaviour 13")]
    [Trait("Conformance", "defect 11")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Chargen_over_udp_never_sends_more_than_it_got(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("chargen", "udp"));
        using var client = new DatagramClient(daemon.Address("chargen", "udp"));

        Assert.InRange((await client.Ask("12345")).Length, 0, 5);
        Assert.InRange((await client.Ask(new string('x', 400))).Length, 74, 400);
    }

    [Theory]
    [Trait("Conformance", "behaviour 13")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Daytime_is_one_line(Who who)
    {
        await using var daemon = await RunningDaemon.Start(
            who, Service("daytime", "tcp") + Service("daytime", "udp", "daytime-udp"));
        using var client = new DatagramClient(daemon.Address("daytime-udp", "udp"));

        Assert.Matches(OneLine(), await Client.Hear(daemon.Address("daytime")));
        Assert.Matches(OneLine(), await client.Ask(new string(' ', 100)));
    }

    [Theory]
    [Trait("Conformance", "behaviour 13")]
    [Trait("Conformance", "defect 8")]
    [MemberData(nameof(Everyone.All), MemberType = typeof(Everyone))]
    public async Task Time_is_four_bytes_counted_from_1900(Who who)
    {
        await using var daemon = await RunningDaemon.Start(who, Service("time", "tcp") + Service("time", "udp", "time-udp"));
        using var client = new DatagramClient(daemon.Address("time-udp", "udp"));

        Assert.InRange(Age(await Client.Hear(daemon.Address("time"))), -5, 5);
        Assert.InRange(Age(await client.Ask("    ")), -5, 5);
    }

    [Theory]
    [Trait("Conformance", "behaviour 14")]
    [Trait("Conformance", "defect 11")]
    [InlineData("echo")]
    [InlineData("chargen")]
    [InlineData("daytime")]
    [InlineData("time")]
    public async Task No_datagram_is_answered_that_may_come_from_another_service(string name)
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, Service(name, "udp"));
        var address = daemon.Address(name, "udp");
        using var good = new DatagramClient(address);
        await good.Ask(new string('x', 100));
        foreach (var port in new[] { 7, 13, 19, 37, 53, 123, 1023 })
        {
            using var suspicious = new DatagramClient(address, new IPEndPoint(IPAddress.Loopback, port));
            suspicious.Send(new string('x', 100));
            await good.Ask(new string('x', 100));        // answered in order: the one before has been dealt with

            Assert.False(suspicious.HasAnswer, $"port {port} was answered");
        }
    }

    private static string Service(string handler, string scheme, string? name = null) => $"""
        [service.{name ?? handler}]
        listen = "{scheme}:127.0.0.1:0"
        handler = "{handler}"

        """;

    // RFC 864 shows the 95 printing characters in a ring; line n starts with the nth.
    private static string ChargenLine(int number) =>
        string.Concat(Enumerable.Range(number, 72).Select(position => (char)(' ' + position % 95))) + "\r\n";

    private static double Age(string answer)
    {
        Assert.Equal(4, answer.Length);
        var seconds = answer.Aggregate(0L, (number, letter) => number * 256 + letter) - 2_208_988_800;
        return seconds - DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    }

    [GeneratedRegex(@"\A[ -~]+\r\n\z")]
    private static partial Regex OneLine();
}
