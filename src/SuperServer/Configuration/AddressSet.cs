namespace SuperServer.Configuration;

/// <summary>Networks of both families, to be asked for the longest that holds an address. It never changes.</summary>
internal sealed class AddressSet
{
    private readonly PrefixTable<uint> _v4;
    private readonly PrefixTable<UInt128> _v6;

    private AddressSet(PrefixTable<uint> v4, PrefixTable<UInt128> v6) => (_v4, _v6) = (v4, v6);

    public static AddressSet Empty { get; } = Of([]);

    /// <summary>Networks, none counted twice.</summary>
    public int Count => _v4.Count + _v6.Count;

    /// <summary>Bytes of memory.</summary>
    public long Size => _v4.Size + _v6.Size;

    public static AddressSet Of(params ReadOnlySpan<Network> networks)
    {
        var builder = new Builder();
        foreach (var network in networks)
        {
            builder.Add(network);
        }

        return builder.Build();
    }

    /// <summary>The length of the longest network that holds the address; -1 when none does.</summary>
    public int Lookup(in InternetAddress address) =>
        address.IsV4 ? _v4.Lookup((uint)address.Bits) : _v6.Lookup(address.Bits);

    /// <summary>Collects networks in few bytes each, until the set can be made.</summary>
    public sealed class Builder
    {
        private readonly List<uint> _v4 = [];
        private readonly List<byte> _v4Lengths = [];
        private readonly List<UInt128> _v6 = [];
        private readonly List<byte> _v6Lengths = [];

        /// <summary>Networks so far.</summary>
        public int Count => _v4.Count + _v6.Count;

        public void Add(in Network network)
        {
            if (network.Address.IsV4)
            {
                _v4.Add((uint)network.Address.Bits);
                _v4Lengths.Add((byte)network.Length);
            }
            else
            {
                _v6.Add(network.Address.Bits);
                _v6Lengths.Add((byte)network.Length);
            }
        }

        public AddressSet Build() =>
            new(new PrefixTable<uint>([.. _v4], [.. _v4Lengths]), new PrefixTable<UInt128>([.. _v6], [.. _v6Lengths]));
    }
}
