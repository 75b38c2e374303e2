using System.Net;
using System.Net.Sockets;

namespace SuperServer.Handlers.Tests.Sdk.Names;

public sealed class NameTests
{
    private static readonly IPAddress _scanner = IPAddress.Parse("203.0.113.7");

    [Theory]
    [InlineData("Scan7.Example.NET.", "scan7.example.net")]
    [InlineData("under_score.example.net", "under_score.example.net")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    public void A_name_is_shown_in_lower_case_and_without_its_last_dot(string answer, string name) =>
        Assert.Equal(name, HostName.Valid(answer, _scanner));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("single")]
    [InlineData("10.0.0.1")]
    [InlineData("host.123")]
    [InlineData("203.0.113.0x7")]
    [InlineData("0xcb.0x7107")]
    [InlineData("localhost")]
    [InlineData("localhost.localdomain")]
    [InlineData("evil.localhost")]
    [InlineData("a..b")]
    [InlineData("-dash.example")]
    [InlineData("dash-.example")]
    [InlineData("new\r\nline.example")]
    [InlineData("esc\u001b[31m.example")]
    [InlineData("nul\0.example")]
    [InlineData("<script>.example")]
    [InlineData("$(id).example")]
    [InlineData("a@b.example")]
    [InlineData("b\u00fccher.example")]
    [InlineData("kelvin\u212a.example")]
    [InlineData("space .example")]
    public void What_cannot_be_a_host_is_no_name(string answer) => Assert.Null(HostName.Valid(answer, _scanner));

    [Theory]
    [InlineData("printer", "printer (confirmed)")]
    [InlineData("Fax", "fax (confirmed)")]
    [InlineData("elsewhere", "malformed reverse name (ignored)")]
    [InlineData("comment", "malformed reverse name (ignored)")]
    [InlineData("1234", "malformed reverse name (ignored)")]
    public void One_label_is_a_name_when_this_host_has_given_it(string answer, string words)
    {
        var hosts = Path.GetTempFileName();
        File.WriteAllText(hosts, "192.0.2.1 elsewhere\n# 203.0.113.7 comment\n203.0.113.7\tprinter fax 1234 # comment\nnonsense printer\n");

        var finding = ReverseLookup.Find(
            _scanner, _ => (FindingState.Claimed, answer), (_, _) => [_scanner], (owner, name) => HostsFile.Calls(owner, name, hosts));

        File.Delete(hosts);
        Assert.Equal(words, finding.Words);
        Assert.False(HostsFile.Calls(_scanner, "printer", hosts));
    }

    [Fact]
    public void Names_and_labels_have_their_longest_length()
    {
        var label = new string('a', 63);
        Assert.NotNull(HostName.Valid($"{label}.{label}.{label}.{new string('a', 61)}", _scanner));
        Assert.Null(HostName.Valid($"{label}.{label}.{label}.{new string('a', 62)}", _scanner));
        Assert.Null(HostName.Valid($"{label}a.example", _scanner));
    }

    [Fact]
    public void Only_loopback_is_localhost() => Assert.Equal("localhost", HostName.Valid("localhost", IPAddress.Loopback));

    [Theory]
    [InlineData("scan7.example.net", "203.0.113.7", "scan7.example.net (confirmed)")]
    [InlineData("scan7.example.net", "::ffff:203.0.113.7", "scan7.example.net (confirmed)")]
    [InlineData("pc.bank.example", "192.0.2.1", "claims \"pc.bank.example\" - NOT confirmed")]
    [InlineData("pc.bank.example", null, "claims \"pc.bank.example\" - NOT confirmed")]
    [InlineData("10.0.0.1", "203.0.113.7", "malformed reverse name (ignored)")]
    public void A_name_is_worth_what_its_own_zone_says(string pointer, string? forward, string words)
    {
        var finding = ReverseLookup.Find(
            _scanner, _ => (FindingState.Claimed, pointer), (_, _) => forward is null ? [] : [IPAddress.Parse(forward)]);

        Assert.Equal(words, finding.Words);
    }

    [Theory]
    [InlineData("None", "no reverse name")]
    [InlineData("TimedOut", "lookup timed out")]
    public void Without_an_answer_the_mail_says_why(string state, string words)
    {
        var finding = ReverseLookup.Find(_scanner, _ => (Enum.Parse<FindingState>(state), null), (_, _) => []);

        Assert.Equal(words, finding.Words);
    }

    [Fact]
    public void The_confirmation_asks_in_the_family_of_the_address()
    {
        AddressFamily? asked = null;
        _ = ReverseLookup.Find(IPAddress.IPv6Loopback, _ => (FindingState.Claimed, "a.example"), (_, family) =>
        {
            asked = family;
            return [];
        });

        Assert.Equal(AddressFamily.InterNetworkV6, asked);
    }

    [Fact]
    public void The_systems_resolver_knows_loopback() =>
        Assert.Equal(FindingState.Confirmed, ReverseLookup.Find(IPAddress.Loopback).State);

    [Fact]
    public void A_confirmed_name_alone_is_trusted()
    {
        Assert.Equal("a.example", new Finding(FindingState.Confirmed, "a.example").Trusted);
        Assert.Null(new Finding(FindingState.Claimed, "a.example").Trusted);
    }
}
