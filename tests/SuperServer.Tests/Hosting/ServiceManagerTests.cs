using System.Globalization;
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
        using var without = new ServiceManager(null, watchdog: null, _failures.Add);
        using var empty = new ServiceManager("", watchdog: null, _failures.Add);

        without.Stopping();
        empty.Stopping();

        Assert.Empty(_failures);
    }

    [Fact]
    public void A_socket_that_is_not_there_is_said_and_survived()
    {
        using var manager = new ServiceManager(Path.Combine(_folder, "nobody"), watchdog: null, _failures.Add);

        manager.Stopping();

        Assert.Single(_failures);
    }

    [Fact]
    public void What_finds_no_room_waits_and_arrives_in_its_order()
    {
        var path = Path.Combine(_folder, "notify");
        using var socket = Bind(path);
        using var manager = new ServiceManager(path, watchdog: null, _failures.Add);
        var expected = Enumerable.Range(0, 2 * MostHeld()).Select(i => $"READY=1\nSTATUS={i}").ToList();
        for (var i = 0; i < expected.Count; i++)
        {
            manager.Ready($"{i}");
        }

        Assert.True(manager.IsBehind);
        var heard = new List<string>();
        while (heard.Count < expected.Count)
        {
            heard.Add(Hear(socket));
            manager.CatchUp();
        }

        Assert.Equal(expected, heard);
        Assert.False(manager.IsBehind);
        Assert.Empty(_failures);
    }

    [Fact]
    public void A_manager_that_reads_late_is_waited_for_and_one_that_never_reads_is_not()
    {
        var path = Path.Combine(_folder, "notify");
        using var socket = Bind(path);
        using var manager = new ServiceManager(path, watchdog: null, _failures.Add);
        for (var i = 0; i <= MostHeld(); i++)
        {
            manager.Stopping();
        }

        manager.CatchUp(TimeSpan.FromMilliseconds(50));
        Assert.True(manager.IsBehind);

        using var later = new Timer(_ => Hear(socket), null, TimeSpan.FromMilliseconds(50), Timeout.InfiniteTimeSpan);
        manager.CatchUp(TimeSpan.FromSeconds(10));
        Assert.False(manager.IsBehind);
    }

    [Fact]
    public void A_listener_that_is_closed_meanwhile_is_kept_until_its_message_has_gone()
    {
        var path = Path.Combine(_folder, "notify");
        using var socket = Bind(path);
        using var manager = new ServiceManager(path, watchdog: null, _failures.Add);
        using (var listener = Bind(Path.Combine(_folder, "listener")))
        {
            for (var i = 0; i <= MostHeld(); i++)
            {
                manager.Store("unix:/listener", (int)listener.Handle);
            }
        }

        Assert.True(manager.IsBehind);
        Hear(socket);
        manager.CatchUp();

        Assert.False(manager.IsBehind);
        Assert.Empty(_failures);
    }

    // unix(7): one more than the backlog, which is net.unix.max_dgram_qlen where nobody listens.
    private static int MostHeld() => int.Parse(File.ReadAllText("/proc/sys/net/unix/max_dgram_qlen"), CultureInfo.InvariantCulture) + 1;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Receive(string bound, string variable, Action<ServiceManager> act)
    {
        using var socket = Bind(bound);
        using var manager = new ServiceManager(variable, watchdog: null, _failures.Add);
        act(manager);

        return Hear(socket);
    }

    private static Socket Bind(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static string Hear(Socket socket)
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
