using System.Net;
using SuperServer.Accepting;
using SuperServer.Commands.Run;
using SuperServer.Configuration;

namespace SuperServer.Tests.Commands.Run;

/// <summary>The ports reach whoever has started us.</summary>
public sealed class PortListTests : IDisposable
{
    private static readonly SocketName[] _addresses =
        [new(InternetAddress.From(IPAddress.Loopback), 4711), new(InternetAddress.From(IPAddress.IPv6Loopback), 4712), default];

    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;

    [Fact]
    public void A_file_holds_one_a_line_and_goes_at_the_end()
    {
        var file = Path.Combine(_folder, "ports");
        var ports = new PortList(file, TextWriter.Null);

        Assert.Null(ports.Write(On(80), _addresses));
        Assert.Equal("4711\n4712\n", File.ReadAllText(file));
        Assert.Single(Directory.GetFiles(_folder));

        ports.Remove();
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData(null, 0, "4711\n4712\n")]
    [InlineData(null, 80, "")]
    [InlineData("-", 80, "4711\n4712\n")]
    public void The_output_gets_them_when_it_was_asked_for_or_nobody_could_know(string? file, int port, string printed)
    {
        using var output = new StringWriter();

        Assert.Null(new PortList(file, output).Write(On(port), _addresses));

        Assert.Equal(printed, output.ToString());
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told_and_a_file_of_somebody_else_is_not_removed()
    {
        var ports = new PortList(Path.Combine(_folder, "none", "ports"), TextWriter.Null);

        Assert.StartsWith("--port-file: ", ports.Write(On(80), _addresses), StringComparison.Ordinal);
        ports.Remove();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ServerConfiguration On(int port) => new()
    {
        File = "run",
        Daemon = new DaemonDefinition { RunDirectory = "/", StateDirectory = "/", HandlersDirectory = "/" },
        Services = [Some.Service with { Listen = [Some.Endpoint with { Address = new IPEndPoint(IPAddress.Loopback, port) }] }],
    };
}
