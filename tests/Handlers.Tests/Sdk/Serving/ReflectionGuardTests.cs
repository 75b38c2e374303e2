using System.Net;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.Tests.Sdk.Serving;

public sealed class ReflectionGuardTests
{
    private static readonly LocalAddress _unicast = new(IPAddress.Loopback, 0, IsUnicast: true);

    [Theory]
    [InlineData("192.0.2.1", 1024, true)]
    [InlineData("192.0.2.1", 40000, true)]
    [InlineData("2001:db8::1", 40000, true)]
    [InlineData("127.0.0.1", 40000, true)]
    [InlineData("192.0.2.1", 0, false)]
    [InlineData("192.0.2.1", 7, false)]
    [InlineData("192.0.2.1", 9, false)]
    [InlineData("192.0.2.1", 13, false)]
    [InlineData("192.0.2.1", 19, false)]
    [InlineData("192.0.2.1", 37, false)]
    [InlineData("192.0.2.1", 1023, false)]
    [InlineData("2001:db8::1", 53, false)]
    [InlineData("192.0.2.1", 2007, false)]
    [InlineData("0.0.0.0", 40000, false)]
    [InlineData("0.1.2.3", 40000, false)]
    [InlineData("223.255.255.255", 40000, true)]
    [InlineData("224.0.0.1", 40000, false)]
    [InlineData("255.255.255.255", 40000, false)]
    [InlineData("ff02::1", 40000, false)]
    [InlineData("::", 40000, false)]
    public void An_answer_goes_to_one_host_and_to_a_port_that_does_not_answer_back(string address, int port, bool allowed)
    {
        var source = new SocketName(Libc.AF_INET, IPAddress.Parse(address), port, Mapped: false);

        Assert.Equal(allowed, ReflectionGuard.MayAnswer(source, _unicast, ownPort: 2007));
    }

    [Fact]
    public void What_was_sent_to_everybody_is_not_answered()
    {
        var source = new SocketName(Libc.AF_INET, IPAddress.Parse("192.0.2.1"), 40000, Mapped: false);

        Assert.False(ReflectionGuard.MayAnswer(source, _unicast with { IsUnicast = false }, ownPort: 7));
        Assert.True(ReflectionGuard.MayAnswer(source, asked: null, ownPort: 7));
    }

    [Fact]
    public void A_unix_sender_cannot_be_forged() =>
        Assert.True(ReflectionGuard.MayAnswer(new SocketName(Libc.AF_UNIX, null, null, Mapped: false), null, null));
}
