using SuperServer.Accepting;
using SuperServer.Configuration;

namespace SuperServer.Admitting;

/// <summary>
/// What makes two clients one for limits and penalties: the network that they share, or the user behind a Unix socket. A plain
/// value that costs nothing to make.
/// </summary>
internal readonly record struct Source(UInt128 Bits, Source.Kind Family)
{
    public enum Kind : byte
    {
        V4,
        V6,
        User,
    }

    public static Source Of(in Peer peer, SourcePrefix prefix) => peer.IsUnix
        ? new Source(peer.Credentials.uid, Kind.User)
        : Of(peer.Name.Address, prefix);

    public static Source Of(in InternetAddress address, SourcePrefix prefix) => address.IsV4
        ? new Source(Cut(address.Bits, 32 - prefix.V4), Kind.V4)
        : new Source(Cut(address.Bits, 128 - prefix.V6), Kind.V6);

    // A shift by the whole width is a shift by nothing.
    private static UInt128 Cut(UInt128 bits, int away) => away >= 128 ? 0 : bits >> away << away;
}
