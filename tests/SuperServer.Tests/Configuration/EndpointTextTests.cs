using System.Net;
using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>The language of <c>listen</c>; what it refuses stands in Broken/.</summary>
public sealed class EndpointTextTests
{
    [Theory]
    [InlineData("tcp:23", "tcp:0.0.0.0:23 tcp:[::]:23?")]
    [InlineData("tcp:telnet", "tcp:0.0.0.0:23 tcp:[::]:23?")]
    [InlineData("udp:tftp", "udp:0.0.0.0:69 udp:[::]:69?")]
    [InlineData("tcp4:23", "tcp:0.0.0.0:23")]
    [InlineData("tcp6:23", "tcp:[::]:23")]
    [InlineData("udp4:69", "udp:0.0.0.0:69")]
    [InlineData("udp6:69", "udp:[::]:69")]
    [InlineData("tcp:0", "tcp:0.0.0.0:0 tcp:[::]:0?")]
    [InlineData("tcp4:8000-8002", "tcp:0.0.0.0:8000 tcp:0.0.0.0:8001 tcp:0.0.0.0:8002")]
    [InlineData("tcp:8000-8001", "tcp:0.0.0.0:8000 tcp:[::]:8000? tcp:0.0.0.0:8001 tcp:[::]:8001?")]
    [InlineData("udp:[::1]:5000-5001", "udp:[::1]:5000 udp:[::1]:5001")]
    [InlineData("tcp6:65535-65535", "tcp:[::]:65535")]
    [InlineData("tcp:65535-65536", null)]
    [InlineData("vsock:1-2", null)]
    [InlineData("tcp:65535", "tcp:0.0.0.0:65535 tcp:[::]:65535?")]
    [InlineData("tcp:127.0.0.1:telnet", "tcp:127.0.0.1:23")]
    [InlineData("tcp4:0.0.0.0:23", "tcp:0.0.0.0:23")]
    [InlineData("tcp:[::]:23", "tcp:[::]:23")]
    [InlineData("tcp6:[::1]:23", "tcp:[::1]:23")]
    [InlineData("tcp:[2001:db8:0:0::1]:23", "tcp:[2001:db8::1]:23")]
    [InlineData("tcp:[fe80::1%eth0]:23", "tcp:[fe80::1%2]:23")]
    [InlineData("tcp:[fe80::1%7]:23", "tcp:[fe80::1%7]:23")]
    [InlineData("udp:discard", null)]
    [InlineData("tcp:sink", "tcp:0.0.0.0:9 tcp:[::]:9?")]
    [InlineData("unix:/run/a b.sock", "unix:/run/a b.sock")]
    [InlineData("unix-dgram:/run/x.sock", "unix-dgram:/run/x.sock")]
    [InlineData("unix-seqpacket:/run/x.sock", "unix-seqpacket:/run/x.sock")]
    [InlineData("unix:@name", "unix:@name")]
    [InlineData("unix-dgram:@a/b", "unix-dgram:@a/b")]
    [InlineData("unix:@", null)]
    [InlineData("fifo:/run/x.fifo", "fifo:/run/x.fifo")]
    [InlineData("fifo:@name", null)]
    [InlineData("vsock:1234", "vsock:1234")]
    [InlineData("vsock:3:1234", "vsock:3:1234")]
    [InlineData("vsock:4294967295", null)]
    [InlineData("vsock::1234", null)]
    [InlineData("fd:web", "fd:web")]
    [InlineData("fd:web:1", "fd:web")]
    [InlineData("fd:web:2", "fd:web:2")]
    [InlineData("fd-dgram:my socket", "fd-dgram:my socket")]
    [InlineData("fd:web:0", null)]
    [InlineData("fd:", null)]
    public void A_text_means_these_sockets(string text, string? sockets) => Assert.Equal(sockets, Meaning(text));

    [Fact]
    public void A_range_may_have_1024_ports_and_not_one_more()
    {
        Assert.Equal(1024, Meaning("tcp4:1000-2023")!.Split(' ').Length);
        Assert.Null(Meaning("tcp4:1000-2024"));
    }

    [Fact]
    public void The_path_of_a_socket_may_have_107_bytes_and_not_one_more()
    {
        var longest = "/" + new string('x', 106);

        Assert.Equal($"unix:{longest}", Meaning($"unix:{longest}"));
        Assert.Null(Meaning($"unix:{longest}x"));
        Assert.Null(Meaning($"unix:{longest[..^1]}ü"));
    }

    [Fact]
    public void Where_services_has_no_file_the_remedy_is_a_number()
    {
        var host = SomeMachine.Root with
        {
            Services = new Lazy<ServicesDatabase>(ServicesDatabase.From(new FileReading.Failed("does not exist"))),
        };

        Assert.Equal(
            "'tcp:telnet': services(5) has no tcp port named 'telnet': /etc/services does not exist; write the number",
            new EndpointText(host).Parse("tcp:telnet").Objection);
    }

    [Fact]
    public void A_socket_is_the_same_whether_it_may_be_missing_or_not()
    {
        var asked = new Endpoint { Transport = Transport.Tcp, Address = new IPEndPoint(IPAddress.IPv6Any, 23) };

        Assert.Equal(asked, asked with { MayBeMissing = true });
        Assert.Equal(asked.GetHashCode(), (asked with { MayBeMissing = true }).GetHashCode());
        Assert.NotEqual(asked, asked with { Transport = Transport.Udp });
        Assert.NotEqual(asked, asked with { Address = new IPEndPoint(IPAddress.IPv6Any, 24) });
        Assert.NotEqual(asked, asked with { Address = new IPEndPoint(IPAddress.Any, 23) });
        Assert.NotEqual(asked, asked with { Path = "/run/x.sock" });
    }

    private static string? Meaning(string text)
    {
        var reading = new EndpointText(SomeMachine.Root).Parse(text);
        return reading.Objection is null
            ? string.Join(' ', reading.Value.Select(endpoint => endpoint + (endpoint.MayBeMissing ? "?" : "")))
            : null;
    }
}
