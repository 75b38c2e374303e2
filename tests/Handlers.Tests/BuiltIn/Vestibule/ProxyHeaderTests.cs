using System.Buffers.Binary;
using System.Net;
using System.Text;
using CsCheck;
using SuperServer.Handlers.BuiltIn.Vestibule;

namespace SuperServer.Handlers.Tests.BuiltIn.Vestibule;

/// <summary>What a header of a proxy says, byte for byte.</summary>
public sealed class ProxyHeaderTests
{
    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\r\n", "peer 192.0.2.7 51234 198.51.100.1 443")]
    [InlineData("PROXY TCP4 255.255.255.255 0.0.0.0 65535 0\r\n", "peer 255.255.255.255 65535 0.0.0.0 0")]
    [InlineData("PROXY TCP6 2001:DB8:0:0::7 ::1 1 2\r\n", "peer 2001:db8::7 1 ::1 2")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.7 ::FFFF:c000:201 1 2\r\n", "peer 192.0.2.7 1 192.0.2.1 2")]
    [InlineData(
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe 65535 65534\r\n",
        "peer ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe 65534")]
    [InlineData("PROXY UNKNOWN\r\n", "local")]
    [InlineData("PROXY UNKNOWN ffff:: what ever \t it is\r\n", "local")]
    public void A_line_says_for_whom_the_proxy_comes(string line, string says) => Assert.Equal($"{says} [{line.Length}]", Hear(line));

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 51234\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 51234 443 \r\n")]
    [InlineData("PROXY TCP4  192.0.2.7 198.51.100.1 51234 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 051234 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 +5123 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 1 99999999999999\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 -1 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.07 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7.1 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4 0xc0.0.2.7 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4 3221225991 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 192.0.2.7 192.0.2.1 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 ::ffff:192.0.02.7 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1::2::3 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 : ::1 1 2\r\n")]
    [InlineData("PROXY tcp4 192.0.2.7 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 1 ２\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY \n")]
    public void A_line_in_any_other_form_is_malformed(string line) => Assert.Equal("bad malformed", Hear(line));

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("PROXYTCP4 192.0.2.7 198.51.100.1 1 2\r\n")]
    [InlineData("proxy TCP4 192.0.2.7 198.51.100.1 1 2\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\r")]
    [InlineData("\r\nPROXY UNKNOWN\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    public void What_does_not_begin_as_a_header_is_none(string text) => Assert.Equal("bad no-header", Hear(text));

    [Fact]
    public void A_line_ends_within_107_bytes()
    {
        const string Begin = "PROXY UNKNOWN ";

        Assert.Equal("local [107]", Hear(Begin.PadRight(105) + "\r\n"));
        Assert.Equal("bad too-long", Hear(Begin.PadRight(106) + "\r\n"));
        Assert.Equal("incomplete", Hear(Begin.PadRight(106)));
        Assert.Equal("bad too-long", Hear(Begin.PadRight(107)));
    }

    [Fact]
    public void A_block_says_for_whom_the_proxy_comes()
    {
        Assert.Equal("peer 192.0.2.7 51234 198.51.100.1 443 [28]", Hear(Block(0x21, 0x11, V4)));
        Assert.Equal("peer 2001:db8::7 51234 ::1 443 [52]", Hear(Block(0x21, 0x21, V6("2001:db8::7", "::1"))));
        Assert.Equal("peer 192.0.2.7 51234 192.0.2.1 443 [52]", Hear(Block(0x21, 0x21, V6("::ffff:192.0.2.7", "::ffff:192.0.2.1"))));
    }

    [Fact]
    public void A_block_may_say_that_the_connection_is_the_proxys_own()
    {
        Assert.Equal("local [16]", Hear(Block(0x20, 0x00, [])));
        Assert.Equal("local [28]", Hear(Block(0x20, 0x11, V4)));
        Assert.Equal("local [19]", Hear(Block(0x20, 0xff, [1, 2, 3])));
        Assert.Equal("local [19]", Hear(Block(0x21, 0x00, [1, 2, 3])));
        Assert.Equal("local [232]", Hear(Block(0x21, 0x31, new byte[216])));
    }

    [Fact]
    public void A_block_in_any_other_form_is_malformed()
    {
        Assert.Equal("bad malformed", Hear(Block(0x11, 0x11, V4)));
        Assert.Equal("bad malformed", Hear(Block(0x22, 0x11, V4)));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x13, V4)));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x41, V4)));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x10, V4)));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x11, V4[..11])));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x21, V4)));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x31, new byte[215])));
    }

    [Fact]
    public void Datagrams_do_not_come_on_a_stream()
    {
        Assert.Equal("bad unsupported", Hear(Block(0x21, 0x12, V4)));
        Assert.Equal("bad unsupported", Hear(Block(0x21, 0x22, V6("::1", "::1"))));
        Assert.Equal("bad unsupported", Hear(Block(0x21, 0x32, new byte[216])));
    }

    [Fact]
    public void Extensions_are_passed_over_when_they_end_where_the_block_does()
    {
        Assert.Equal("peer 192.0.2.7 51234 198.51.100.1 443 [38]", Hear(Block(0x21, 0x11, [.. V4, 1, 0, 4, 1, 2, 3, 4, 2, 0, 0])));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x11, [.. V4, 1, 0, 4, 1, 2, 3])));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x11, [.. V4, 1, 0])));
        Assert.Equal("bad malformed", Hear(Block(0x21, 0x11, [.. V4, 1])));
    }

    [Fact]
    public void A_checksum_has_to_agree()
    {
        var block = Checked(Block(0x21, 0x11, [.. V4, 3, 0, 4, 0, 0, 0, 0]), at: 31);

        Assert.Equal("peer 192.0.2.7 51234 198.51.100.1 443 [35]", Hear(block));
        Assert.Equal("peer 192.0.2.7 51234 198.51.100.1 443 [35]", Hear([.. block, 1, 2, 3]));
        foreach (var bit in Enumerable.Range(12 * 8, (block.Length - 12) * 8).Where(bit => bit / 8 != 28))     // 28 says that it is one
        {
            var torn = block.ToArray();
            torn[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.DoesNotContain("peer", Hear(torn), StringComparison.Ordinal);
        }

        Assert.Equal("bad malformed", Hear(Block(0x21, 0x11, [.. V4, 3, 0, 3, 0, 0, 0])));
    }

    [Fact]
    public void A_checksum_is_the_one_that_others_make()
    {
        // Made with another implementation of CRC-32C, bit by bit.
        var block = Block(0x21, 0x11, [.. V4, 3, 0, 4, 0, 0, 0, 0]);
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(31), BitByBit(block));

        Assert.StartsWith("peer", Hear(block), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_has_at_most_4096_bytes()
    {
        Assert.Equal("peer 192.0.2.7 51234 198.51.100.1 443 [4096]", Hear(Block(0x21, 0x11, WithExtension(4096))));
        Assert.Equal("bad too-long", Hear(Block(0x21, 0x11, WithExtension(4097))));
        Assert.Equal("bad too-long", Hear(Block(0x20, 0x00, WithExtension(4097))[..16]));
    }

    [Fact]
    public void The_beginning_of_a_header_is_incomplete_and_what_follows_changes_nothing() =>
        Gen.Select(Header, Gen.Byte.Array[0, 300]).Sample((header, rest) =>
        {
            var whole = Hear(header);
            for (var length = 0; length < header.Length; length++)
            {
                Assert.Equal("incomplete", Hear(header[..length]));
            }

            Assert.EndsWith($"[{header.Length}]", whole, StringComparison.Ordinal);
            Assert.Equal(whole, Hear([.. header, .. rest]));
        }, iter: 300);

    [Fact]
    public void Any_bytes_have_some_meaning() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 300],
            Gen.Select(Header, Gen.Int[0, 60], Gen.Byte, (header, at, value) => Torn(header, at, value)),
            Gen.Byte.Array[4, 300].Select(tail => (byte[])[.. ProxyBlock.Signature, .. tail]),
            Gen.String[Gen.Char["0123456789abcdef:. TCPUNKOW\r\n"], 0, 120].Select(tail => Encoding.ASCII.GetBytes("PROXY " + tail)))
            .Sample(bytes => Assert.NotEmpty(Hear(bytes)), iter: 20_000);

    /// <summary>Headers of all kinds that are right.</summary>
    internal static Gen<byte[]> Header { get; } = Gen.OneOf(
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UShort, Gen.UShort, (from, to, port, other) =>
            Encoding.ASCII.GetBytes($"PROXY TCP4 {new IPAddress(from)} {new IPAddress(to)} {port} {other}\r\n")),
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.UShort, Gen.UShort, (from, to, port, other) =>
            Encoding.ASCII.GetBytes($"PROXY TCP6 {new IPAddress(from)} {new IPAddress(to)} {port} {other}\r\n")),
        Gen.Char[' ', '~'].Array[0, 80].Select(words => Encoding.ASCII.GetBytes($"PROXY UNKNOWN {new string(words)}\r\n")),
        Gen.Byte.Array[0, 300].Select(body => Block(0x20, 0, body)),
        Gen.Select(Gen.Byte.Array[12], Extensions, (addresses, more) => Block(0x21, 0x11, [.. addresses, .. more])),
        Gen.Select(Gen.Byte.Array[36], Extensions, (addresses, more) => Block(0x21, 0x21, [.. addresses, .. more])));

    private static Gen<byte[]> Extensions => Gen.Select(Gen.Byte[4, 255], Gen.Byte.Array[0, 100])
        .Select((type, value) => (byte[])[type, 0, (byte)value.Length, .. value])
        .Array[0, 3].Select(all => all.SelectMany(one => one).ToArray());

    private static byte[] V4 => [192, 0, 2, 7, 198, 51, 100, 1, 200, 34, 1, 187];

    private static byte[] V6(string from, string to) =>
        [.. IPAddress.Parse(from).GetAddressBytes(), .. IPAddress.Parse(to).GetAddressBytes(), 200, 34, 1, 187];

    private static byte[] WithExtension(int total) =>
        [.. V4, 4, (byte)((total - 31) >> 8), (byte)(total - 31), .. new byte[total - 31]];

    private static byte[] Block(byte command, byte family, byte[] body) =>
        [.. ProxyBlock.Signature, command, family, (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static byte[] Checked(byte[] block, int at)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(at), BitByBit(block));
        return block;
    }

    private static uint BitByBit(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78);
            }
        }

        return ~crc;
    }

    private static byte[] Torn(byte[] header, int at, byte value)
    {
        var torn = header.ToArray();
        torn[at % torn.Length] = value;
        return torn;
    }

    private static string Hear(string text) => Hear(Encoding.UTF8.GetBytes(text));

    private static string Hear(byte[] bytes) => ProxyHeader.Read(bytes) switch
    {
        Reading.Understood { Facts: "" } own => $"{own.Word} [{own.Length}]",
        Reading.Understood understood => $"{understood.Word} {understood.Facts} [{understood.Length}]",
        Reading.Wrong wrong => $"bad {wrong.Why}",
        _ => "incomplete",
    };
}
