using System.Net;
using SuperServer.Handlers.Alerts;

namespace SuperServer.Handlers.Tests.Sdk.Alerts;

public sealed class NeighbourhoodTests
{
    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.0.1", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("10.1.2.3", "inside")]
    [InlineData("172.16.0.1", "inside")]
    [InlineData("172.31.255.255", "inside")]
    [InlineData("192.168.7.7", "inside")]
    [InlineData("169.254.1.1", "inside")]
    [InlineData("fe80::1", "inside")]
    [InlineData("fd12:3456::1", "inside")]
    [InlineData("fc00::1", "inside")]
    [InlineData("172.15.255.255", "outside")]
    [InlineData("172.32.0.1", "outside")]
    [InlineData("192.169.0.1", "outside")]
    [InlineData("11.0.0.1", "outside")]
    [InlineData("203.0.113.7", "outside")]
    [InlineData("2001:db8::1", "outside")]
    public void An_address_is_near_or_far_by_its_form(string address, string net)
    {
        var neighbourhood = Neighbourhoods.Of(IPAddress.Parse(address));

        Assert.Equal(net, Neighbourhoods.Name(neighbourhood));
        Assert.Equal(neighbourhood, Neighbourhoods.Parse(net));
    }

    [Fact]
    public void Who_is_unknown_is_taken_for_a_stranger()
    {
        Assert.Equal(Neighbourhood.Outside, Neighbourhoods.Of(null));
        Assert.Equal(Neighbourhood.Outside, Neighbourhoods.Parse("elsewhere"));
    }
}
