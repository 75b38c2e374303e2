using System.Net;
using System.Text;
using CsCheck;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("192.0.2.7/32", "192.0.2.7")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("::/0", "::/0")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("2001:0DB8:0:0:0:0:0:0/32", "2001:db8::/32")]
    [InlineData("::1", "::1")]
    [InlineData("::", "::")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("64:ff9b::192.0.2.1", "64:ff9b::c000:201")]
    public void A_network_is_an_address_or_its_beginning_with_a_length(string text, string network) =>
        Assert.Equal(Written(network), Written(NetworkText.Parse(text).Value.ToString()));

    [Theory]
    [InlineData("", "an empty text is no network: write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("010.1.1.1", "'010.1.1.1' has leading zeros, which some programs take for octal: write 10.1.1.1")]
    [InlineData("10.0.0.5/8", "'10.0.0.5/8' has host bits: write 10.0.0.0/8, or 10.0.0.5")]
    [InlineData("2001:db8::1/32", "'2001:db8::1/32' has host bits: write 2001:db8::/32, or 2001:db8::1")]
    [InlineData("::ffff:192.0.2.1", "'::ffff:192.0.2.1' is IPv4 written as IPv6, and IPv4 clients count as IPv4: write 192.0.2.1")]
    [InlineData("::ffff:10.0.0.0/104", "'::ffff:10.0.0.0/104' is IPv4 written as IPv6, and IPv4 clients count as IPv4: write 10.0.0.0/8")]
    [InlineData("fe80::1%eth0", "'fe80::1%eth0' names an interface; an address counts on all of them: write fe80::1")]
    [InlineData("fe80::%2/64", "'fe80::%2/64' names an interface; an address counts on all of them: write fe80::/64")]
    [InlineData("10.0.0.0/255.0.0.0", "'10.0.0.0/255.0.0.0' has a mask; a network has a length here: write 10.0.0.0/8")]
    [InlineData("10.0.0.0/0.0.0.0", "'10.0.0.0/0.0.0.0' has a mask; a network has a length here: write 0.0.0.0/0")]
    [InlineData("10.0.0.0/255.0.255.0", "'10.0.0.0/255.0.255.0' has a mask with holes, which is no network: write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("10.0.0.0/33", "'10.0.0.0/33': the length of a network is a number from 0 to 32, as in 10.0.0.0/32")]
    [InlineData("::/129", "'::/129': the length of a network is a number from 0 to 128, as in ::/128")]
    [InlineData("10.0.0.0/", "'10.0.0.0/': the length of a network is a number from 0 to 32, as in 10.0.0.0/32")]
    [InlineData("10.0.0.0/08", "'10.0.0.0/08': the length has leading zeros: write 10.0.0.0/8")]
    [InlineData("10.1.", "'10.1.' is only the beginning of an address: write 10.1.0.0/16")]
    [InlineData("10.1.*", "'10.1.*' is only the beginning of an address: write 10.1.0.0/16")]
    [InlineData("10", "'10' is only the beginning of an address: write 10.0.0.0/8")]
    [InlineData("[::1]", "'[::1]': an address without a port has no brackets: write ::1")]
    [InlineData("10.0.0.1-10.0.0.9", "'10.0.0.1-10.0.0.9' is a range: write the networks that it is made of, as in 192.0.2.0/24")]
    [InlineData("256.1.1.1", "'256.1.1.1' is no address and no network: write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("1.2.3.4.5", "'1.2.3.4.5' is no address and no network: write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("1:2:3:4:5:6:7:8::", "'1:2:3:4:5:6:7:8::' is no address and no network: write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32")]
    public void What_is_no_network_is_told_what_was_meant(string text, string objection) =>
        Assert.Equal(objection, NetworkText.Parse(text).Objection);

    [Theory]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("12345::")]
    [InlineData("::g")]
    [InlineData("::1.2.3")]
    [InlineData("::01.2.3.4")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::1.2.3.4:5")]
    [InlineData(" ::1")]
    [InlineData("1.2.3.4 ")]
    [InlineData("+1.2.3.4")]
    [InlineData("1..2.3")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/8/8")]
    public void Nothing_else_is_an_address(string text) => Assert.NotNull(NetworkText.Parse(text).Objection);

    [Fact]
    public void Every_address_that_the_framework_writes_is_read() =>
        Gen.Byte.Array[16].Select(Gen.Int[0, 15], Gen.Int[0, 16]).Sample((bytes, from, to) =>
        {
            bytes.AsSpan(Math.Min(from, to)..Math.Max(from, to)).Clear();
            var address = new IPAddress(bytes);
            return Network.TryParseAddress(Encoding.ASCII.GetBytes(address.ToString()), out var read) != address.IsIPv4MappedToIPv6
                && (address.IsIPv4MappedToIPv6 || read.ToIPAddress().Equals(address));
        });

    [Fact]
    public void What_is_read_the_framework_reads_as_well() =>
        Gen.Char["0123456789abcdef:.:."].Array[2, 20].Sample(letters =>
        {
            var text = new string(letters);
            return !Network.TryParseAddress(Encoding.ASCII.GetBytes(text), out var read)
                || (IPAddress.TryParse(text, out var address) && address.Equals(read.ToIPAddress()));
        });

    [Fact]
    public void A_network_holds_what_begins_like_it()
    {
        var network = NetworkText.Parse("10.0.0.0/8").Value;

        Assert.True(network.Contains(InternetAddress.FromV4(0x0aff_ffff)));
        Assert.False(network.Contains(InternetAddress.FromV4(0x0b00_0000)));
        Assert.False(network.Contains(InternetAddress.FromV6(IPAddress.Parse("a00::").GetAddressBytes(), 0)));
    }

    private static string Written(string network) => network.Replace(":c000:201", ":192.0.2.1", StringComparison.Ordinal);
}
