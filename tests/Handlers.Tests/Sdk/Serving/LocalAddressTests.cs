using System.Net;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.Tests.Sdk.Serving;

public sealed class LocalAddressTests
{
    private const string V4Unicast = "1C00000000000000" + "0000000008000000" + "02000000" + "C0000214" + "C0000214" + "00000000";
    private const string V4Broadcast = "1C00000000000000" + "0000000008000000" + "02000000" + "C0000214" + "C00002FF" + "00000000";
    private const string V4Early = "1C00000000000000" + "0000000008000000" + "00000000" + "00000000" + "C0000214" + "00000000";
    private const string V6Global = "2400000000000000" + "2900000032000000" + "20010DB8000000000000000000000001" + "02000000" + "00000000";
    private const string V6LinkLocal = "2400000000000000" + "2900000032000000" + "FE800000000000000000000000000001" + "02000000" + "00000000";
    private const string V6Group = "2400000000000000" + "2900000032000000" + "FF020000000000000000000000000001" + "02000000" + "00000000";
    private const string Stranger = "1400000000000000" + "0100000001000000" + "0700000000000000";

    [Theory]
    [InlineData(V4Unicast, "192.0.2.20", 0, true)]
    [InlineData(V4Broadcast, "192.0.2.20", 0, false)]
    [InlineData(V4Early, "192.0.2.20", 0, true)]
    [InlineData(V6Global, "2001:db8::1", 0, true)]
    [InlineData(V6LinkLocal, "fe80::1", 2, true)]
    [InlineData(V6Group, "ff02::1", 0, false)]
    [InlineData(Stranger + V4Unicast, "192.0.2.20", 0, true)]
    public void It_is_found_among_the_control_messages(string control, string address, int @interface, bool isUnicast) =>
        Assert.Equal(
            new LocalAddress(IPAddress.Parse(address), @interface, isUnicast),
            LocalAddress.Find(Convert.FromHexString(control)));

    [Theory]
    [InlineData("")]
    [InlineData(Stranger)]
    [InlineData("1C000000000000000000000008000000" + "02000000")]
    [InlineData("00000000000000000000000008000000" + "02000000")]
    [InlineData("FFFFFFFFFFFFFFFF0000000008000000" + "02000000")]
    public void Where_there_is_none_none_is_found(string control) =>
        Assert.Null(LocalAddress.Find(Convert.FromHexString(control)));

    [Theory]
    [InlineData("192.0.2.20", 0, "1C00000000000000" + "0000000008000000" + "00000000" + "C0000214" + "00000000" + "00000000")]
    [InlineData("2001:db8::1", 0, "2400000000000000" + "2900000032000000" + "20010DB8000000000000000000000001" + "00000000" + "00000000")]
    [InlineData("fe80::1", 2, V6LinkLocal)]
    public void It_is_written_for_the_answer(string address, int @interface, string control)
    {
        var buffer = new byte[64];
        Array.Fill(buffer, (byte)0xee);

        var length = new LocalAddress(IPAddress.Parse(address), @interface, IsUnicast: true).Write(buffer);

        Assert.Equal(control, Convert.ToHexString(buffer, 0, length));
    }
}
