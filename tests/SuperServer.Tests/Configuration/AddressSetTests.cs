using System.Buffers.Binary;
using CsCheck;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>The set against the plainest model there is: try every network.</summary>
public sealed class AddressSetTests
{
    /// <summary>Few bits differ, so that networks nest, meet and repeat.</summary>
    private static readonly Gen<InternetAddress> _narrowV4 =
        Gen.Select(Gen.UInt[0, 15], Gen.UInt[0, 15]).Select((high, low) => InternetAddress.FromV4(high << 28 | low));

    private static readonly Gen<InternetAddress> _narrowV6 = Gen.Select(Gen.ULong[0, 7], Gen.ULong[0, 7], Gen.ULong[0, 3])
        .Select((top, middle, low) => V6(new UInt128(top << 61 | middle, low << 62 | low)));

    private static readonly Gen<InternetAddress> _wide =
        Gen.Select(Gen.ULong, Gen.ULong).Select((high, low) => (low & 1) == 0 ? InternetAddress.FromV4((uint)high) : V6(new UInt128(high, low)));

    private static readonly Gen<InternetAddress> _addresses = Gen.OneOf(_narrowV4, _narrowV6, _wide);

    private static readonly Gen<Network> _networks =
        _addresses.Select(Gen.Int[0, 128]).Select((address, length) => Network.Around(address, length % (Network.WidthOf(address) + 1)));

    [Fact]
    public void The_longest_network_that_holds_the_address_is_found() =>
        _networks.Array[0, 200].Select(_addresses.Array[50]).Sample((networks, addresses) =>
        {
            var set = AddressSet.Of(networks);
            return addresses.Concat(networks.Select(network => network.Address))
                .All(address => set.Lookup(address) == Longest(networks, address));
        });

    [Fact]
    public void A_network_counts_once() =>
        _networks.Array[0, 60].Sample(networks => AddressSet.Of([.. networks, .. networks]).Count == networks.Distinct().Count());

    [Fact]
    public void An_empty_set_holds_nobody()
    {
        Assert.Equal(-1, AddressSet.Empty.Lookup(InternetAddress.FromV4(0)));
        Assert.Equal(-1, AddressSet.Empty.Lookup(V6(0)));
    }

    [Fact]
    public void The_ends_of_the_address_space_are_found()
    {
        var set = AddressSet.Of(Network.Around(InternetAddress.FromV4(0), 32), Network.Around(InternetAddress.FromV4(uint.MaxValue), 32),
            Network.Around(V6(0), 128), Network.Around(V6(UInt128.MaxValue), 128));

        Assert.Equal([32, 32, 128, 128], new[] { InternetAddress.FromV4(0), InternetAddress.FromV4(uint.MaxValue), V6(0), V6(UInt128.MaxValue) }
            .Select(address => set.Lookup(address)));
        Assert.Equal(-1, set.Lookup(InternetAddress.FromV4(1)));
        Assert.Equal(-1, set.Lookup(V6(UInt128.MaxValue - 1)));
    }

    [Fact]
    public void A_network_takes_a_few_bytes()
    {
        var random = new Random(1);
        var set = AddressSet.Of([.. Enumerable.Range(0, 10_000)
            .Select(_ => Network.Around(InternetAddress.FromV4((uint)random.NextInt64(1L << 32)), 24))]);

        Assert.InRange(set.Size, set.Count * 8, set.Count * 12);
    }

    private static int Longest(Network[] networks, InternetAddress address) =>
        networks.Where(network => network.Contains(address)).Select(network => network.Length).DefaultIfEmpty(-1).Max();

    private static InternetAddress V6(UInt128 bits)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return InternetAddress.FromV6(bytes, 0);
    }
}
