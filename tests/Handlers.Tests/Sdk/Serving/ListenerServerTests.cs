using System.Net.Sockets;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Sdk.Serving;

/// <summary>A handler on the SDK with the service's own listening socket on descriptor 0, as a real process.</summary>
public sealed class ListenerServerTests : IDisposable
{
    private readonly Socket _listener = Sockets.Listener();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Everybody_is_served_at_the_same_time_and_it_leaves_when_nobody_comes()
    {
        using var handler = Probe.Start(_listener, "echo");
        var clients = Enumerable.Range(0, 50).Select(_ => Sockets.Connected(_listener.LocalEndPoint!)).ToList();
        foreach (var client in clients)
        {
            client.Send("hello"u8);
        }

        Assert.All(clients, client => Assert.Equal("hello"u8.ToArray(), client.ReadExactly(5)));
        clients.ForEach(client => client.Dispose());
        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        Assert.Empty(handler.Complaints);
    }

    [Fact]
    public void Each_client_has_its_own_address_and_its_own_id()
    {
        using var handler = Probe.Start(_listener, "facts", ("SUPERSERVER_CONNECTION", "k3f9"), ("SUPERSERVER_SERVICE", "probe"));
        for (var number = 1; number <= 2; number++)
        {
            using var client = Sockets.Connected(_listener.LocalEndPoint!);
            var port = Sockets.Port(client);
            client.Shutdown(SocketShutdown.Send);

            Assert.Equal($"127.0.0.1 {port} 127.0.0.1 {Sockets.Port(_listener)}    probe k3f9.{number}", client.ReadTextToEnd());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_socket_is_left_as_it_was_found(bool isBlocking)
    {
        InheritedSocket.SetBlocking(isBlocking, (int)_listener.Handle);
        using var handler = Probe.Start(_listener, "facts");
        using (var client = Sockets.Connected(_listener.LocalEndPoint!))
        {
            client.ReadTextToEnd();
        }

        handler.WaitForEnd();
        Assert.Equal(isBlocking, InheritedSocket.IsBlocking((int)_listener.Handle));
    }

    [Fact]
    public void Who_finds_no_place_waits_until_somebody_goes()
    {
        using var handler = Probe.Start(_listener, "echo", ("PROBE_MAX_CONCURRENT", "1"));
        using var first = Sockets.Connected(_listener.LocalEndPoint!);
        using var second = Sockets.Connected(_listener.LocalEndPoint!);
        first.Send("1"u8);
        second.Send("2"u8);
        first.ReadExactly(1);

        Assert.False(second.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead));
        first.Dispose();
        Assert.Equal("2"u8.ToArray(), second.ReadExactly(1));
    }

    [Fact]
    public void What_one_client_brings_about_does_not_end_the_others()
    {
        using var handler = Probe.Start(_listener, "throw");
        for (var i = 0; i < 3; i++)
        {
            using var client = Sockets.Connected(_listener.LocalEndPoint!);
            Assert.Empty(client.ReadTextToEnd());
        }

        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        Assert.Contains($"<3>[{handler.Id}.3] System.InvalidOperationException: a mistake\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void After_SIGTERM_nobody_new_is_taken_and_who_is_there_may_end()
    {
        using var handler = Probe.Start(_listener, "wait");
        using var client = Sockets.Connected(_listener.LocalEndPoint!);
        client.ReadExactly(5);

        handler.Terminate();
        while (!InheritedSocket.IsBlocking((int)_listener.Handle))
        {
            Thread.Sleep(1);        // the sign that it has turned away from the door
        }

        using var late = Sockets.Connected(_listener.LocalEndPoint!);
        Assert.Empty(client.ReadTextToEnd());
        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        using var next = Probe.Start(_listener, "wait");
        Assert.Equal("ready"u8.ToArray(), late.ReadExactly(5));
    }

    [Fact]
    public void One_of_several_sockets_is_refused_lest_the_others_wait_for_ever()
    {
        using var handler = Probe.Start(_listener, "echo", ("LISTEN_FDS", "2"), ("LISTEN_PID", "1"));

        Assert.Equal(ExitCode.Usage, handler.WaitForEnd());
        Assert.Contains("there are 2 sockets (LISTEN_FDS)", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_blocks_a_thread_holds_nobody_else_up()
    {
        using var handler = HandlerProcess.Start(
            HandlerProcess.Probe, _listener, Probe.Options("""{"do":"block","pause":"400ms","idle":"100ms"}"""));
        var clients = Enumerable.Range(0, 2).Select(_ => Sockets.Connected(_listener.LocalEndPoint!)).ToList();

        Assert.All(clients, client => Assert.Equal("ready"u8.ToArray(), client.ReadExactly(5)));
        clients.ForEach(client => client.Dispose());
        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
    }
}
