using System.Net.Sockets;
using System.Text;
using SuperServer.Hosting;

namespace SuperServer.Tests.Hosting;

public sealed class ServiceManagerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("superserver-").FullName;
    private readonly List<string> _failures = [];

    [Fact]
    public void A_reload_is_announced_with_the_time_or_systemctl_would_hang()
    {
        var path = Path.Combine(_folder, "notify");

        Assert.Matches(@"^RELOADING=1\nMONOTONIC_USEC=[1-9]\d+$", Receive(path, path, manager => manager.Reloading()));
    }

    [Fact]
    public void An_abstract_socket_is_written_with_an_at_sign()
    {
        var name = $"superserver-test-{Environment.ProcessId}";

        Assert.Equal("READY=1\nSTATUS=Serving 3 services",
            Receive($"\0{name}", $"@{name}", manager => manager.Ready("Serving 3 services")));
    }

    [Fact]
    public void Without_a_service_manager_nothing_happens()
    {
        new ServiceManager(null, watchdog: null, _failures.Add).Stopping();
        new ServiceManager("", watchdog: null, _failures.Add).Stopping();

        Assert.Empty(_failures);
    }

    [Fact]
    public void A_socket_that_is_not_there_is_said_and_survived()
    {
        new ServiceManager(Path.Combine(_folder, "nobody"), watchdog: null, _failures.Add).Stopping();

        Assert.Single(_failures);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Receive(string bound, string variable, Action<ServiceManager> act)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        socket.Bind(new UnixDomainSocketEndPoint(bound));
        act(new ServiceManager(variable, watchdog: null, _failures.Add));

        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
