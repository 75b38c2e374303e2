using System.Buffers.Binary;
using System.Net;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Visits;

namespace SuperServer.Handlers.BuiltIn.Vestibule;

/// <summary>
/// Version 2, in binary: a signature, what it is about, a length; then addresses, then extensions (TLV). Of these only the checksum is
/// looked at, when there is one; the others must have a length that fits, and are passed over.
/// </summary>
internal static class ProxyBlock
{
    /// <summary>The specification allows 64 KiB; what proxies send has some hundreds of bytes.</summary>
    public const int Longest = 4096;

    private const int Start = 16;
    private const int PortsOf4 = 8;
    private const int EndOf4 = 12;
    private const int PortsOf6 = 32;
    private const int EndOf6 = 36;
    private const int EndOfUnix = 216;
    private const byte OfChecksum = 3;

    // The version and the command in one byte. A proxy that asks how we are comes for itself.
    private const byte ForItself = 0x20;
    private const byte ForAnother = 0x21;

    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static Reading Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Start)
        {
            return Reading.Incomplete;
        }

        var length = Start + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        return bytes[12] is not (ForItself or ForAnother) ? ProxyHeader.Malformed
            : length > Longest ? new Reading.Wrong(Failure.TooLong)
            : bytes.Length < length ? Reading.Incomplete
            : bytes[12] == ForItself ? ProxyHeader.Own(length)
            : Interpret(bytes[..length], bytes[13]);
    }

    private static Reading Interpret(ReadOnlySpan<byte> block, byte family) => family switch
    {
        0x00 => ProxyHeader.Own(block.Length),
        0x11 => Version4(block),
        0x21 => Version6(block),
        0x31 => HasWhole(block, EndOfUnix) ? ProxyHeader.Own(block.Length) : ProxyHeader.Malformed,
        0x12 or 0x22 or 0x32 => new Reading.Wrong(Failure.Unsupported),     // datagrams, on a stream
        _ => ProxyHeader.Malformed,
    };

    private static Reading Version4(ReadOnlySpan<byte> block)
    {
        if (!HasWhole(block, EndOf4))
        {
            return ProxyHeader.Malformed;
        }

        var body = block[Start..];
        return ProxyHeader.For(
            block.Length, new IPAddress(body[..4]), Port(body[PortsOf4..]), new IPAddress(body[4..8]), Port(body[(PortsOf4 + 2)..]));
    }

    private static Reading Version6(ReadOnlySpan<byte> block)
    {
        if (!HasWhole(block, EndOf6))
        {
            return ProxyHeader.Malformed;
        }

        var body = block[Start..];
        return ProxyHeader.For(
            block.Length, new IPAddress(body[..16]), Port(body[PortsOf6..]), new IPAddress(body[16..32]), Port(body[(PortsOf6 + 2)..]));
    }

    private static int Port(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);

    // The addresses, and extensions that end where the block does.
    private static bool HasWhole(ReadOnlySpan<byte> block, int addresses)
    {
        var at = Start + addresses;
        while (at < block.Length)
        {
            var begin = at + 3;
            var end = begin <= block.Length ? begin + BinaryPrimitives.ReadUInt16BigEndian(block[(at + 1)..]) : int.MaxValue;
            if (end > block.Length || (block[at] == OfChecksum && !Agrees(block, begin, end)))
            {
                return false;
            }

            at = end;
        }

        return at == block.Length;
    }

    // The sum is that of the block with nothing in the sum's place.
    private static bool Agrees(ReadOnlySpan<byte> block, int begin, int end)
    {
        if (end - begin != sizeof(uint))
        {
            return false;
        }

        var copy = block.ToArray();
        copy.AsSpan(begin, sizeof(uint)).Clear();
        return BinaryPrimitives.ReadUInt32BigEndian(block[begin..]) == Crc32C.Of(copy);
    }
}
