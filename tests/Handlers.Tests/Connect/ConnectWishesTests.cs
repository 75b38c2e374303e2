using SuperServer.Handlers.Connect;

namespace SuperServer.Handlers.Tests.Connect;

/// <summary>The command line of the client.</summary>
public sealed class ConnectWishesTests
{
    [Fact]
    public void A_host_and_a_port_are_enough()
    {
        var wishes = Read("host.example.org", "2323");

        Assert.Equal(("host.example.org", 2323), (wishes.Host, wishes.Port));
        Assert.Equal(TimeSpan.FromSeconds(10), wishes.Timeout);
        Assert.Null(wishes.LinesEndWithCarriageReturn);
    }

    [Theory]
    [InlineData("localhost:80", "localhost", 80)]
    [InlineData("[::1]:80", "::1", 80)]
    public void They_may_be_written_as_one(string together, string host, int port)
    {
        var wishes = Read(together);

        Assert.Equal((host, port), (wishes.Host, wishes.Port));
    }

    [Fact]
    public void Flags_stand_anywhere_and_carry_their_value_either_way()
    {
        var wishes = Read("--tls", "host", "--sni", "name", "1", "--timeout=2m", "--lf", "-4", "-v");

        Assert.True(wishes is { Tls: true, IsVersion4: true, Verbose: true, ServerName: "name", LinesEndWithCarriageReturn: false });
        Assert.Equal(TimeSpan.FromMinutes(2), wishes.Timeout);
    }

    [Theory]
    [InlineData("where to connect is missing: superserver connect HOST PORT, or superserver connect --help", "host")]
    [InlineData("where to connect is missing: superserver connect HOST PORT, or superserver connect --help", "host", "1", "2")]
    [InlineData("there is no tcp port named '0' in services(5): write a number from 1 to 65535", "host", "0")]
    [InlineData("there is no tcp port named '65536' in services(5): write a number from 1 to 65535", "host", "65536")]
    [InlineData("--sni needs a value", "host", "1", "--tls", "--sni")]
    [InlineData("--tls takes no value", "host", "1", "--tls=yes")]
    [InlineData("there is no flag '--tsl': see superserver connect --help", "host", "1", "--tsl")]
    [InlineData("there is no flag '--tsl': see superserver connect --help", "--tsl", "host", "1")]
    [InlineData("--source must be an address of this machine, as in 192.0.2.1, not 'eth0'", "--source", "eth0", "host", "1")]
    [InlineData("--timeout must be a time such as 500ms, 10s or 2m, not '0s'", "--timeout", "0s", "host", "1")]
    [InlineData("--tls goes with connections, not with --udp", "--tls", "--udp", "host", "1")]
    [InlineData("--udp, -4, -6 and --source go with HOST PORT, not with --unix", "--udp", "--unix", "/s")]
    [InlineData("--unix PATH is all there is to say: there is no HOST and no PORT then", "--unix", "/s", "host", "1")]
    [InlineData("--tls with --unix needs --sni NAME: a path is no name of a server", "--tls", "--unix", "/s")]
    [InlineData("-4 and -6 exclude each other", "-4", "-6", "host", "1")]
    [InlineData("--insecure and --ca exclude each other", "--tls", "--insecure", "--ca", "f", "host", "1")]
    [InlineData("--sni and --ca go with --tls", "--sni", "n", "host", "1")]
    [InlineData("--telnet goes with connections, not with --udp", "--telnet", "--udp", "host", "1")]
    public void What_cannot_be_is_a_sentence(string sentence, params string[] arguments) =>
        Assert.Equal(sentence, ConnectWishes.Read(arguments).Why);

    [Theory]
    [InlineData("telnet", "tcp", 23)]
    [InlineData("mail", "tcp", 25)]
    [InlineData("tftp", "udp", 69)]
    [InlineData("tftp", "tcp", null)]
    public void A_port_has_a_name_in_services(string name, string protocol, int? port) => Assert.Equal(port, PortNumber.Of(name, protocol));

    [Fact]
    public void Lines_end_with_a_carriage_return_once()
    {
        var lines = new LineEnds();

        Assert.Equal("a\r\nb\r\nc\r"u8.ToArray(), lines.WithCarriageReturns("a\nb\r\nc\r"u8));
        Assert.Equal("\nd"u8.ToArray(), lines.WithCarriageReturns("\nd"u8));
    }

    private static ConnectWishes Read(params string[] arguments)
    {
        var (wishes, why) = ConnectWishes.Read(arguments);
        Assert.Null(why);
        return wishes;
    }
}
