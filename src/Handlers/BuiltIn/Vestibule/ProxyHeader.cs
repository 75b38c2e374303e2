using System.Globalization;
using System.Net;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>
/// The header with which a proxy tells for whom it has connected, in both of its versions (HAProxy's "PROXY protocol"). What it says is
/// believed here; whether the sender may say it the daemon has decided before.
/// </summary>
internal static class ProxyHeader
{
    /// <summary>The longest header of any version that is read.</summary>
    public const int Longest = ProxyBlock.Longest;

    private const string Peer = "peer";
    private const string Local = "local";

    public static Reading Read(ReadOnlySpan<byte> bytes) =>
        Begins(bytes, ProxyLine.Signature) ? ProxyLine.Read(bytes)
        : Begins(bytes, ProxyBlock.Signature) ? ProxyBlock.Read(bytes)
        : new Reading.Wrong(Failure.NoHeader);

    /// <summary>The connection is the proxy's own, or made for somebody who has no address that could be named.</summary>
    public static Reading Own(int length) => new Reading.Understood(length, Local);

    public static Reading For(int length, IPAddress source, int sourcePort, IPAddress destination, int destinationPort) =>
        new Reading.Understood(length, Peer, string.Create(
            CultureInfo.InvariantCulture,
            $"{Unified(source)} {sourcePort} {Unified(destination)} {destinationPort}"));

    public static Reading Malformed { get; } = new Reading.Wrong(Failure.Malformed);

    // As much of it as is there; nothing at all begins as everything does.
    private static bool Begins(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        var common = Math.Min(bytes.Length, signature.Length);
        return bytes[..common].SequenceEqual(signature[..common]);
    }

    private static IPAddress Unified(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
