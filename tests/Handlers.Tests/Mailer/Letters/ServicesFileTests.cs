using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Letters;

public sealed class ServicesFileTests
{
    private const string Some = "# services\nhttp-alt\t8080/tcp\twebcache\t# WWW\nother 8080/tcp\ndomain 53/udp\r\n";

    [Theory]
    [InlineData(8080, "tcp", "http-alt")]
    [InlineData(8080, "udp", null)]
    [InlineData(53, "udp", "domain")]
    [InlineData(1, "tcp", null)]
    public void The_first_name_of_a_port_is_its_name(int port, string protocol, string? name) =>
        Assert.Equal(name, ServicesFile.Parse(Some).NameOf(port, protocol));

    [Theory]
    [InlineData("no-port")]
    [InlineData("x 23")]
    [InlineData("x 23/tcp/udp")]
    [InlineData("x -23/tcp")]
    [InlineData("x 999999999999/tcp")]
    [InlineData("\u001b[2J 23/tcp")]
    [InlineData("<b>x</b> 23/tcp")]
    [InlineData("# x 23/tcp")]
    [InlineData("an-abominably-long-name-of-a-service 23/tcp")]
    public void A_line_that_is_none_gives_no_name(string line) => Assert.Null(ServicesFile.Parse(line).NameOf(23, "tcp"));

    [Theory]
    [InlineData("/nowhere/services")]
    [InlineData("/dev/zero")]
    [InlineData("/tmp")]
    public void What_is_no_file_gives_no_names_and_no_failure(string path) => Assert.Null(ServicesFile.Read(path).NameOf(23, "tcp"));

    [Theory]
    [InlineData("web-trap", "tcp", 8080, "8080/tcp web-trap (http-alt)")]
    [InlineData("HTTP-ALT", "tcp", 8080, "8080/tcp HTTP-ALT")]
    [InlineData("telnet", "tcp", 23, "23/tcp telnet")]
    [InlineData("panel", "ipc", null, "panel (Unix socket)")]
    public void A_port_has_the_name_of_its_service_and_besides_the_usual_one(string service, string protocol, int? port, string words) =>
        Assert.Equal(words, new PortNames(ServicesFile.Parse(Some)).Of(service, protocol, port));
}
