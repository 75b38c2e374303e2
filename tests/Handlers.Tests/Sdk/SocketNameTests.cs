using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Tests.Sdk;

public sealed class SocketNameTests
{
    [Theory]
    [InlineData("02001F90CB007107", "203.0.113.7", 8080, false)]
    [InlineData("0A001F9000000000" + "20010DB8000000000000000000000001" + "05000000", "2001:db8::1", 8080, false)]
    [InlineData("0A001F9000000000" + "00000000000000000000FFFFCB007107" + "00000000", "203.0.113.7", 8080, true)]
    [InlineData("0A00000700000000" + "FE800000000000000000000000000001" + "05000000", "fe80::1%5", 7, false)]
    public void A_sockaddr_is_an_address_a_port_and_how_it_was_spelled(string sockaddr, string address, int port, bool mapped)
    {
        var name = SocketName.Parse(Convert.FromHexString(sockaddr));

        Assert.Equal((address, port, mapped), (name.Address?.ToString(), name.Port, name.Mapped));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("02001F90CB00")]
    [InlineData("0A001F9000000000")]
    [InlineData("01002F746D702F78")]
    public void What_is_short_or_of_another_family_has_no_address(string sockaddr)
    {
        var name = SocketName.Parse(Convert.FromHexString(sockaddr));

        Assert.Equal((null, null), (name.Address, name.Port));
    }

    [Fact]
    public void A_unix_socket_is_recognised() =>
        Assert.Equal(Libc.AF_UNIX, SocketName.Parse([1, 0]).Family);
}
