using System.Text;
using SuperServer.Handlers.BuiltIn.Ident;

namespace SuperServer.Handlers.Tests.BuiltIn.Ident;

/// <summary>The questions of RFC 1413.</summary>
public sealed class PortPairTests
{
    [Theory]
    [InlineData("6193,23", 6193, 23)]
    [InlineData("6193, 23", 6193, 23)]
    [InlineData("  6193 \t,\t 23  ", 6193, 23)]
    [InlineData("1,65535", 1, 65535)]
    [InlineData("00022,1", 22, 1)]
    public void Spaces_do_not_matter(string line, int server, int client)
    {
        var ports = PortPair.Parse(Encoding.ASCII.GetBytes(line));

        Assert.Equal(new PortPair(server, client), ports);
        Assert.True(ports.IsValid);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("22")]
    [InlineData("22,")]
    [InlineData(",22")]
    [InlineData("22 23")]
    [InlineData("22,23,24")]
    [InlineData("+22,23")]
    [InlineData("-22,23")]
    [InlineData("22,2 3")]
    [InlineData("22,0x17")]
    [InlineData("99999999999,23")]
    [InlineData("GET / HTTP/1.0")]
    public void Anything_else_is_none(string line) => Assert.Equal(PortPair.None, PortPair.Parse(Encoding.ASCII.GetBytes(line)));

    [Theory]
    [InlineData("0,23")]
    [InlineData("22,65536")]
    public void A_number_that_is_no_port_is_invalid(string line) => Assert.False(PortPair.Parse(Encoding.ASCII.GetBytes(line)).IsValid);
}
