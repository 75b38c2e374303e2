using SuperServer.Handlers.BuiltIn.Notelnet;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

public sealed class UlidTests
{
    [Theory]
    [InlineData(0L, "00000000000000000000", "00000000000000000000000000")]
    [InlineData((1L << 48) - 1, "FFFFFFFFFFFFFFFFFFFF", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData(1469918176385L, "00000000000000000001", "01ARYZ6S410000000000000001")]
    public void It_is_the_time_and_chance_in_base32(long milliseconds, string random, string text) =>
        Assert.Equal(text, Ulid.Encode(milliseconds, Convert.FromHexString(random)));

    [Fact]
    public void A_later_one_sorts_after_an_earlier_one()
    {
        var now = DateTimeOffset.UtcNow;

        Assert.True(string.CompareOrdinal(Ulid.New(now), Ulid.New(now.AddMilliseconds(1))) < 0);
    }

    [Fact]
    public void No_two_of_the_same_millisecond_are_alike()
    {
        var now = DateTimeOffset.UtcNow;

        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => Ulid.New(now)).Distinct().Count());
    }

    [Fact]
    public void The_reference_is_its_end() => Assert.Equal("000ABC", Ulid.ReferenceOf("01ARYZ6S410000000000000ABC"));
}
