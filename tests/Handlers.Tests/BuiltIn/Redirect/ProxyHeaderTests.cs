using System.Net;
using System.Text;
using SuperServer.Handlers.BuiltIn.Redirect;
using SuperServer.Handlers.BuiltIn.Serving;

namespace SuperServer.Handlers.Tests.BuiltIn.Redirect;

/// <summary>The PROXY protocol byte for byte.</summary>
public sealed class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("192.0.2.7:51000", "198.51.100.1:443", "PROXY TCP4 192.0.2.7 198.51.100.1 51000 443\r\n")]
    [InlineData("[2001:db8::7]:65535", "[2001:db8::1]:1", "PROXY TCP6 2001:db8::7 2001:db8::1 65535 1\r\n")]
    [InlineData("[fe80::7%3]:1024", "[fe80::1%3]:22", "PROXY TCP6 fe80::7 fe80::1 1024 22\r\n")]
    [InlineData("192.0.2.7:1", "[2001:db8::1]:2", "PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 1 2\r\n")]
    public void Version_1_is_a_line(string from, string to, string line) =>
        Assert.Equal(line, Encoding.ASCII.GetString(ProxyHeader.Version1(Somebody(from, to))));

    [Theory]
    [InlineData("192.0.2.7:51000", "198.51.100.1:443", "2111000C" + "C0000207" + "C6336401" + "C738" + "01BB")]
    [InlineData(
        "[2001:db8::7]:65535",
        "[2001:db8::1]:1",
        "21210024" + "20010DB8000000000000000000000007" + "20010DB8000000000000000000000001" + "FFFF" + "0001")]
    public void Version_2_is_bytes(string from, string to, string bytes) =>
        Assert.Equal(Signature + bytes, Convert.ToHexString(ProxyHeader.Version2(Somebody(from, to))));

    [Fact]
    public void Of_a_local_client_no_address_is_claimed()
    {
        var local = new Visitor(From: null, To: null, Connection: null);

        Assert.Equal("PROXY UNKNOWN\r\n", Encoding.ASCII.GetString(ProxyHeader.Version1(local)));
        Assert.Equal(Signature + "20000000", Convert.ToHexString(ProxyHeader.Version2(local)));
    }

    private static Visitor Somebody(string from, string to) => new(IPEndPoint.Parse(from), IPEndPoint.Parse(to), Connection: null);
}
