using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>Endpoints as they stand in tables.</summary>
public sealed class EndpointListTests
{
    [Theory]
    [InlineData("tcp:8000", "tcp:8000")]
    [InlineData("tcp:8000 tcp:8001 tcp:8002", "tcp:8000-8002")]
    [InlineData("tcp:23 tcp:8000 tcp:8001", "tcp:23 tcp:8000-8001")]
    [InlineData("tcp:8001 tcp:8000", "tcp:8001 tcp:8000")]
    [InlineData("tcp:8000 udp:8001", "tcp:8000 udp:8001")]
    [InlineData("tcp:127.0.0.1:1 tcp:127.0.0.1:2 tcp:127.0.0.2:3", "tcp:127.0.0.1:1-2 tcp:127.0.0.2:3")]
    [InlineData("tcp:0.0.0.0:1 tcp:[::]:1 tcp:0.0.0.0:2 tcp:[::]:2", "tcp:0.0.0.0:1-2 tcp:[::]:1-2")]
    [InlineData("tcp:0 tcp:1", "tcp:0 tcp:1")]
    [InlineData("unix:/run/a:1 unix:/run/a:2", "unix:/run/a:1 unix:/run/a:2")]
    [InlineData("vsock:3:1 vsock:3:2", "vsock:3:1 vsock:3:2")]
    public void Ports_in_a_row_are_one_range(string endpoints, string shown) =>
        Assert.Equal(shown, string.Join(' ', EndpointList.Compact(endpoints.Split(' '))));
}
