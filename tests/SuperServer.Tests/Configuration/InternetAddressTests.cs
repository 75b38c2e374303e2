using System.Net;
using System.Text;
using CsCheck;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

public sealed class InternetAddressTests
{
    [Fact]
    public void An_IPv4_client_of_an_IPv6_socket_is_an_IPv4_client()
    {
        var mapped = InternetAddress.FromV6(IPAddress.Parse("::ffff:192.0.2.7").GetAddressBytes(), scope: 0);

        Assert.True(mapped.IsV4);
        Assert.Equal(InternetAddress.FromV4(0xc0000207), mapped);
        Assert.Equal("192.0.2.7", mapped.ToString());
    }

    [Fact]
    public void The_same_bits_of_another_family_are_another_address() =>
        Assert.NotEqual(InternetAddress.FromV4(1), InternetAddress.FromV6(IPAddress.IPv6Loopback.GetAddressBytes(), 0));

    [Fact]
    public void Every_IPv4_address_is_written_as_the_framework_writes_it() =>
        Gen.UInt.Sample(bits => Written(InternetAddress.FromV4(bits)) == InternetAddress.FromV4(bits).ToIPAddress().ToString());

    [Fact]
    public void Every_IPv6_address_is_written_as_the_framework_writes_it() =>
        Gen.Byte.Array[16].Sample(bytes =>
            Written(InternetAddress.FromV6(bytes, 0)) == Canonical(new IPAddress(bytes)).ToString());

    [Fact]
    public void A_link_local_address_keeps_its_interface() =>
        Assert.Equal("fe80::1%3", Written(InternetAddress.FromV6(IPAddress.Parse("fe80::1").GetAddressBytes(), scope: 3)));

    [Fact]
    public void Too_little_room_writes_nothing_instead_of_a_part()
    {
        Span<byte> room = stackalloc byte[8];

        Assert.Equal(0, InternetAddress.FromV4(0xffffffff).Format(room));
    }

    private static IPAddress Canonical(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Written(InternetAddress address)
    {
        Span<byte> room = stackalloc byte[64];
        return Encoding.ASCII.GetString(room[..address.Format(room)]);
    }
}
