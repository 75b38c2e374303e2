using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>services(5) as administrators write it.</summary>
public sealed class ServicesDatabaseTests
{
    private static readonly ServicesDatabase _database = ServicesDatabase.Parse("""
        # a comment
        telnet		23/tcp
        domain 53/tcp nameserver dns # Domain name server
        domain 53/udp
        broken
        nothing 7
        beyond 65536/tcp
        negative -1/tcp
        telnet 2323/tcp
          indented 99/tcp
        """);

    [Theory]
    [InlineData("telnet", "tcp", 23)]
    [InlineData("telnet", "udp", null)]
    [InlineData("domain", "udp", 53)]
    [InlineData("dns", "tcp", 53)]
    [InlineData("nameserver", "tcp", 53)]
    [InlineData("dns", "udp", null)]
    [InlineData("Domain", "tcp", null)]
    [InlineData("indented", "tcp", 99)]
    [InlineData("broken", "tcp", null)]
    [InlineData("beyond", "tcp", null)]
    [InlineData("negative", "tcp", null)]
    [InlineData("#", "tcp", null)]
    public void A_name_or_an_alias_has_a_port_for_each_protocol(string name, string protocol, int? port) =>
        Assert.Equal(port, _database.PortOf(name, protocol));

    [Fact]
    public void Names_are_known_for_their_protocol_only() => Assert.Equal(["domain"], _database.NamesFor("udp"));
}
