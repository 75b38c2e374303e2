using System.Globalization;
using System.Net.Sockets;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Sdk.Serving;

/// <summary>A handler on the SDK as a worker of a pool, as a real process.</summary>
public sealed class PoolWorkerTests
{
    private static readonly (string Name, string Value) _service = ("SUPERSERVER_SERVICE", "probe");

    [Fact]
    public void Each_connection_is_told_to_be_done_and_the_worker_goes_when_the_daemon_has_closed()
    {
        using var daemon = Worker("echo");
        using var first = daemon.Connect("k3f9");
        using var second = daemon.Connect("k3fa");
        second.Send("hello"u8);

        Assert.Equal("hello"u8.ToArray(), second.ReadExactly(5));
        second.Shutdown(SocketShutdown.Send);
        Assert.Equal("done k3fa 0", daemon.Hear());
        daemon.Close();
        first.Shutdown(SocketShutdown.Send);
        Assert.Equal("done k3f9 0", daemon.Hear());
        Assert.Equal(ExitCode.Done, daemon.Worker.WaitForEnd());
    }

    [Theory]
    [InlineData("throw", 70, "<3>[k3f9] System.InvalidOperationException: a mistake\n")]
    [InlineData("bar", 77, "<4>[k3f9] go away\n")]
    public void How_a_visit_ended_is_told_with_it_and_its_lines_say_whose_they_are(string @do, int code, string said)
    {
        using var daemon = Worker(@do);
        using var client = daemon.Connect("k3f9");
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal($"done k3f9 {code}", daemon.Hear());
        daemon.Close();
        daemon.Worker.WaitForEnd();
        Assert.StartsWith(said, daemon.Worker.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_client_has_its_own_variables_and_below_them_those_of_the_process()
    {
        using var daemon = Worker("variables");
        using var client = daemon.Connect("k3f9");
        client.Shutdown(SocketShutdown.Send);

        var variables = client.ReadTextToEnd().Split('\n');

        Assert.Contains("SUPERSERVER_CONNECTION=k3f9", variables);
        Assert.Contains("TCPREMOTEIP=127.0.0.1", variables);
        Assert.Contains("SUPERSERVER_SERVICE=probe", variables);
        Assert.Contains("SUPERSERVER_POOL=5000", variables);
    }

    [Fact]
    public void A_client_that_the_worker_has_no_descriptor_for_may_come_later()
    {
        using var daemon = Worker("echo");

        daemon.Send("k3f9", descriptor: null);

        Assert.Equal("done k3f9 75", daemon.Hear());
    }

    [Fact]
    public void After_SIGTERM_who_is_there_has_the_grace()
    {
        using var daemon = Worker("wait");
        using var client = daemon.Connect("k3f9");
        client.ReadExactly(5);

        daemon.Worker.Terminate();

        Assert.Empty(client.ReadTextToEnd());
        Assert.Equal("done k3f9 0", daemon.Hear());
        Assert.Equal(ExitCode.Done, daemon.Worker.WaitForEnd());
    }

    [Fact]
    public void What_it_prints_and_what_it_starts_cannot_disturb_the_protocol()
    {
        using var daemon = Worker("print");
        using var client = daemon.Connect("k3f9");
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("done k3f9 0", daemon.Hear());
        daemon.Close();
        daemon.Worker.WaitForEnd();
        Assert.Equal("printed\n", daemon.Worker.Complaints);
    }

    [Fact]
    public void Thousands_come_and_go_and_leave_nothing()
    {
        using var daemon = Worker("facts");
        for (var i = 0; i < 2000; i++)
        {
            using var client = daemon.Connect(i.ToString(CultureInfo.InvariantCulture));
            client.Shutdown(SocketShutdown.Send);
            daemon.Hear();
        }

        Assert.InRange(Directory.GetFiles($"/proc/{daemon.Worker.Id}/fd").Length, 1, 150);    // the runtime's own, when it is not compiled ahead
    }

    private static PoolDaemon Worker(string @do) =>
        new(HandlerProcess.Probe, _service, Probe.Options($$"""{"do":"{{@do}}"}"""));
}
