using System.Net;
using CsCheck;
using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Admitting;

public sealed class SourceTests
{
    /// <summary>Networks of both families and users, many of them near each other.</summary>
    internal static Gen<Source> Any { get; } = Gen.OneOf(
        Gen.Select(Gen.Int[0, 32], Gen.OneOf(Gen.UInt, Gen.UInt[0xc0000200, 0xc0000207]),
            (length, bits) => Source.Network(bits, Source.Kind.V4, length)),
        Gen.Select(Gen.Int[0, 128], Gen.ULong, Gen.ULong,
            (length, high, low) => Source.Network(new UInt128(high | 1ul << 63, low), Source.Kind.V6, length)),
        Gen.UInt.Select(Source.User));

    [Fact]
    public void What_is_written_is_read() =>
        Any.Sample(source => Source.TryParse(source.ToString(), out var read) && read == source);

    [Theory]
    [InlineData("192.0.2.7/32", "192.0.2.7/32")]
    [InlineData("192.0.2.7", "192.0.2.7/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("2001:DB8:0::/64", "2001:db8::/64")]
    [InlineData("::1", "::1/128")]
    [InlineData("uid=0", "uid=0")]
    [InlineData("uid=4294967295", "uid=4294967295")]
    public void An_address_a_network_or_a_user_is_read(string text, string written)
    {
        Assert.True(Source.TryParse(text, out var source));
        Assert.Equal(written, source.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("010.1.1.1")]
    [InlineData("192.0.2.7/24")]
    [InlineData("192.0.2.7/33")]
    [InlineData("192.0.2.7/032")]
    [InlineData("192.0.2.7/")]
    [InlineData("192.0.2.7/+8")]
    [InlineData("192.0.2.7/8/8")]
    [InlineData("192.0.2.7 /32")]
    [InlineData("2001:db8::1/64")]
    [InlineData("2001:db8::/129")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("::ffff:192.0.2.7")]
    [InlineData("uid=")]
    [InlineData("uid=-1")]
    [InlineData("uid=01")]
    [InlineData("uid=4294967296")]
    [InlineData("uid=1000/0")]
    [InlineData("example.org")]
    public void Anything_else_is_not(string text) => Assert.False(Source.TryParse(text, out _));

    [Fact]
    public void Two_networks_overlap_when_one_holds_the_other()
    {
        Assert.True(Overlap("10.0.0.0/8", "10.1.2.3/32"));
        Assert.True(Overlap("10.1.2.3/32", "10.0.0.0/8"));
        Assert.True(Overlap("0.0.0.0/0", "10.0.0.0/8"));
        Assert.True(Overlap("::/0", "2001:db8::/32"));
        Assert.False(Overlap("10.0.0.0/8", "11.0.0.0/8"));
        Assert.False(Overlap("0.0.0.0/0", "::/0"));
        Assert.True(Overlap("uid=7", "uid=7"));
        Assert.False(Overlap("uid=7", "uid=8"));
        Assert.False(Overlap("uid=7", "0.0.0.7/32"));
    }

    [Fact]
    public void The_same_bits_of_another_length_are_another_source()
    {
        var address = InternetAddress.FromV4(0xc0000200);

        Assert.NotEqual(Source.Of(address, new SourcePrefix(32, 64)), Source.Of(address, new SourcePrefix(24, 64)));
    }

    [Fact]
    public void All_addresses_of_one_network_are_one_source()
    {
        var (one, other) = (V6("2001:db8:1:2::1"), V6("2001:db8:1:2:ffff::"));

        Assert.Equal(Source.Of(one, SourcePrefix.Usual), Source.Of(other, SourcePrefix.Usual));
        Assert.Equal("2001:db8:1:2::/64", Source.Of(one, SourcePrefix.Usual).ToString());
        Assert.NotEqual(Source.Of(one, new SourcePrefix(32, 128)), Source.Of(other, new SourcePrefix(32, 128)));
        Assert.Equal("::/0", Source.Of(one, new SourcePrefix(0, 0)).ToString());
    }

    private static InternetAddress V6(string text) => InternetAddress.FromV6(IPAddress.Parse(text).GetAddressBytes(), 0);

    private static bool Overlap(string one, string other) =>
        Source.TryParse(one, out var left) && Source.TryParse(other, out var right)
        ? left.Overlaps(right)
        : throw new ArgumentException($"{one} or {other}");
}
