using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// What the PROXY protocol puts in front of a connection, so that the target knows its real client: version 1 in text, version 2 in
/// bytes. Of a client without an address of the Internet both say that they know none.
/// </summary>
internal static class ProxyHeader
{
    private const byte Local = 0x20;
    private const byte Proxied = 0x21;
    private const byte TcpOverV4 = 0x11;
    private const byte TcpOverV6 = 0x21;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static byte[] Version1(Visitor visitor)
    {
        if (Ends(visitor) is not var (from, to))
        {
            return "PROXY UNKNOWN\r\n"u8.ToArray();
        }

        var family = IsV4(from) ? "TCP4" : "TCP6";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"PROXY {family} {Plain(from)} {Plain(to)} {from.Port} {to.Port}\r\n"));
    }

    public static byte[] Version2(Visitor visitor)
    {
        if (Ends(visitor) is not var (from, to))
        {
            return [.. Signature, Local, 0, 0, 0];
        }

        byte[] addresses = [.. from.Address.GetAddressBytes(), .. to.Address.GetAddressBytes(), .. Port(from), .. Port(to)];
        return [.. Signature, Proxied, IsV4(from) ? TcpOverV4 : TcpOverV6, 0, (byte)addresses.Length, .. addresses];
    }

    // Both have to be of one family.
    private static (IPEndPoint From, IPEndPoint To)? Ends(Visitor visitor) => visitor switch
    {
        { From: { } from, To: { } to } when IsV4(from) == IsV4(to) => (from, to),
        { From: { } from, To: { } to } => (Wide(from), Wide(to)),
        _ => null,
    };

    private static IPEndPoint Wide(IPEndPoint end) => new(end.Address.MapToIPv6(), end.Port);

    private static bool IsV4(IPEndPoint end) => end.AddressFamily == AddressFamily.InterNetwork;

    // A scope is this host's own business.
    private static IPAddress Plain(IPEndPoint end) => new(end.Address.GetAddressBytes());

    private static byte[] Port(IPEndPoint end)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)end.Port);
        return bytes;
    }
}
