using System.Buffers.Binary;
using System.Net;
using SuperServer.Handlers.BuiltIn.Ushering;

namespace SuperServer.Handlers.Tests.BuiltIn;

/// <summary>The packets that the usher makes: headers as the RFCs have them, and the payload untouched.</summary>
public sealed class PacketTests
{
    [Fact]
    public void An_IPv4_packet_has_the_clients_address_and_says_that_it_has_no_checksum()
    {
        var packet = Packet.Build(new(IPAddress.Parse("192.0.2.7"), 4660), new(IPAddress.Parse("198.51.100.20"), 69), [1, 2, 3]);

        Assert.Equal(
            "4500000000000000" + "40110000" + "C0000207" + "C6336414" + "1234" + "0045" + "000B" + "0000" + "010203",
            Convert.ToHexString(packet));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("odd")]
    [InlineData("even")]
    public void The_checksum_of_an_IPv6_packet_makes_its_sum_zero(string payload)
    {
        var packet = Packet.Build(
            new(IPAddress.Parse("2001:db8::7"), 40000), new(IPAddress.Parse("2001:db8::1"), 69),
            System.Text.Encoding.ASCII.GetBytes(payload));

        var udp = packet.AsSpan(40);
        Assert.Equal((udp.Length, 17), (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(4)), packet[6]));
        Assert.Equal(0xffffu, Fold(Sum(packet.AsSpan(8, 32)) + Sum(udp) + (uint)udp.Length + 17));
    }

    private static uint Fold(uint sum) => sum >> 16 == 0 ? sum : Fold((sum & 0xffff) + (sum >> 16));

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        }

        return sum;
    }
}
