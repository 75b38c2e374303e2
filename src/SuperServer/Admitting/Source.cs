using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// What makes two clients one for limits and penalties: the network that they share, or the user behind a Unix socket. A plain
/// value that costs nothing to make.
/// </summary>
/// <param name="Bits">The network's address, or the uid.</param>
/// <param name="Family">Which of them it is.</param>
/// <param name="Length">How many bits of an address make the network; 0 for a user. The same network by another length is
/// another source: so a reload that changes <c>source_prefix</c> never lets one be counted as the other.</param>
internal readonly record struct Source(UInt128 Bits, Source.Kind Family, byte Length)
{
    private const string UserMark = "uid=";
    private const string MachineMark = "cid=";
    private const int LongestText = 64;

    public enum Kind : byte
    {
        V4,
        V6,
        User,

        /// <summary>A virtual machine, by its context id (vsock(7)).</summary>
        Machine,
    }

    public static Source Of(in Peer peer, SourcePrefix prefix) =>
        peer.IsUnix ? User(peer.Credentials.uid)
        : peer.Name.Vsock is { } vsock ? new(vsock.Cid ?? 0, Kind.Machine, 0)
        : Of(peer.Name.Address, prefix);

    public static Source Of(in InternetAddress address, SourcePrefix prefix) => address.IsV4
        ? Network(address.Bits, Kind.V4, prefix.V4)
        : Network(address.Bits, Kind.V6, prefix.V6);

    public static Source User(uint uid) => new(uid, Kind.User, 0);

    /// <summary>The network of so many bits that an address lies in.</summary>
    public static Source Network(UInt128 bits, Kind family, int length) =>
        new(Cut(bits, Width(family) - length), family, (byte)length);

    /// <summary>Reads what <see cref="ToString"/> writes, and an address alone; bits beyond the network are a mistake.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Source source)
    {
        source = default;
        if (text.Length > LongestText)
        {
            return false;
        }

        if (text.StartsWith(UserMark, StringComparison.Ordinal) || text.StartsWith(MachineMark, StringComparison.Ordinal))
        {
            var isKnown = TryParseNumber(text[UserMark.Length..], uint.MaxValue, out var number);
            source = isKnown ? new(number, text[0] == UserMark[0] ? Kind.User : Kind.Machine, 0) : default;
            return isKnown;
        }

        var slash = text.IndexOf('/');
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var family = address.IsV4 ? Kind.V4 : Kind.V6;
        var length = (uint)Width(family);
        if (slash >= 0 && !TryParseNumber(text[(slash + 1)..], length, out length))
        {
            return false;
        }

        source = Network(address.Bits, family, (int)length);
        return source.Bits == address.Bits;
    }

    /// <summary>Whether anybody could belong to both.</summary>
    public bool Overlaps(in Source other) =>
        Family == other.Family
        && (Family is Kind.User or Kind.Machine ? Bits == other.Bits : IsSameUpTo(other, Math.Min(Length, other.Length)));

    /// <summary>"192.0.2.0/24", "2001:db8::/64" or "uid=1000".</summary>
    public override string ToString() => Family switch
    {
        Kind.User => string.Create(CultureInfo.InvariantCulture, $"{UserMark}{(uint)Bits}"),
        Kind.Machine => string.Create(CultureInfo.InvariantCulture, $"{MachineMark}{(uint)Bits}"),
        Kind.V4 => string.Create(CultureInfo.InvariantCulture, $"{InternetAddress.FromV4((uint)Bits)}/{Length}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{InV6()}/{Length}"),
    };

    private static int Width(Kind family) => family == Kind.V4 ? 32 : 128;

    // A shift by the whole width is a shift by nothing.
    private static UInt128 Cut(UInt128 bits, int away) => away >= 128 ? 0 : bits >> away << away;

    private static bool TryParseNumber(ReadOnlySpan<char> text, uint most, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number <= most
        && (text.Length == 1 || text[0] != '0');

    // The framework takes "1" and "010.1.1.1" for addresses, each in a way of its own: an IPv4 address is what it would write.
    private static bool TryParseAddress(ReadOnlySpan<char> text, out InternetAddress address)
    {
        address = default;
        if (text.Contains('%') || text.Contains('[') || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        if (parsed.AddressFamily == AddressFamily.InterNetwork)
        {
            var bytes = parsed.GetAddressBytes();
            address = InternetAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes));
            return text.SequenceEqual(parsed.ToString());
        }

        address = InternetAddress.FromV6(parsed.GetAddressBytes(), scope: 0);
        return !parsed.IsIPv4MappedToIPv6;
    }

    private bool IsSameUpTo(in Source other, int length)
    {
        var away = Width(Family) - length;
        return Cut(Bits, away) == Cut(other.Bits, away);
    }

    private IPAddress InV6()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new IPAddress(bytes);
    }
}
