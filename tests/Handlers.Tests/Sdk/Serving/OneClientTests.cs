using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Sdk.Serving;

/// <summary>A handler on the SDK with one client on descriptor 0, as a real process.</summary>
public sealed class OneClientTests
{
    [Fact]
    public void A_client_is_served_and_the_process_ends_with_0()
    {
        var (client, handler) = Probe.Visit("echo");
        using var _ = handler;
        client.Send("hello"u8);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("hello", client.ReadTextToEnd());
        client.Dispose();
        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        Assert.Empty(handler.Complaints);
    }

    [Fact]
    public void Without_a_variable_the_kernel_knows_who_and_where()
    {
        var (client, handler) = Probe.Visit("facts");
        using var _ = handler;

        var (local, remote) = ((IPEndPoint)client.LocalEndPoint!, (IPEndPoint)client.RemoteEndPoint!);
        Assert.Equal($"127.0.0.1 {local.Port} 127.0.0.1 {remote.Port}     {handler.Id}", client.ReadTextToEnd());
    }

    [Fact]
    public void What_SuperServer_says_of_a_connection_comes_before_the_kernel()
    {
        var (client, handler) = Probe.Visit(
            "facts",
            ("SUPERSERVER_CONNECTION", "k3f9"),
            ("SUPERSERVER_SERVICE", "probe"),
            ("TCPREMOTEIP", "192.0.2.7"),
            ("TCPREMOTEPORT", "4711"),
            ("TCPLOCALIP", "192.0.2.1"),
            ("TCPLOCALPORT", "23"));
        using var _ = handler;

        Assert.Equal("192.0.2.7 4711 192.0.2.1 23    probe k3f9", client.ReadTextToEnd());
    }

    [Fact]
    public void What_another_inetd_has_in_its_environment_does_not_hide_the_client()
    {
        var (client, handler) = Probe.Visit("facts", ("TCPREMOTEIP", "192.0.2.7"), ("TCPREMOTEPORT", "4711"));
        using var _ = handler;

        Assert.StartsWith($"127.0.0.1 {Sockets.Port(client)} ", client.ReadTextToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_Unix_client_is_known_by_its_process()
    {
        using var folder = new Folder();
        var path = Path.Combine(folder.Path, "door");
        using var listener = Sockets.Listener(new UnixDomainSocketEndPoint(path));
        var (client, accepted) = Sockets.Pair(listener);
        using var handler = Probe.Start(accepted, "facts");
        accepted.Dispose();

        Assert.Equal($"     {path} {Environment.ProcessId}  {handler.Id}", client.ReadTextToEnd());
    }

    [Fact]
    public void All_variables_are_there()
    {
        var (client, handler) = Probe.Visit("variables", ("TCPREMOTEIP", "192.0.2.7"), ("SSL_CLIENT_S_DN", "CN=ada"));
        using var _ = handler;

        var variables = client.ReadTextToEnd().Split('\n');

        Assert.Contains("TCPREMOTEIP=192.0.2.7", variables);
        Assert.Contains("SSL_CLIENT_S_DN=CN=ada", variables);
    }

    [Fact]
    public void A_mistake_is_logged_line_by_line_and_ends_with_70()
    {
        var (client, handler) = Probe.Visit("throw");
        using var _ = handler;

        Assert.Empty(client.ReadTextToEnd());
        Assert.Equal(ExitCode.Software, handler.WaitForEnd());
        Assert.StartsWith("<3>System.InvalidOperationException: a mistake\n<3>in two lines\n<3>   at ", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expected_end_is_one_line_and_its_code()
    {
        var (client, handler) = Probe.Visit("bar");
        using var _ = handler;
        client.Shutdown(SocketShutdown.Send);

        Assert.Empty(client.ReadTextToEnd());
        Assert.Equal(ExitCode.Misbehaved, handler.WaitForEnd());
        Assert.Equal("<4>go away\n", handler.Complaints);
    }

    [Fact]
    public void A_method_sets_the_exit_code()
    {
        var (client, accepted) = Sockets.Pair();
        using var handler = HandlerProcess.Start(HandlerProcess.Probe, accepted, Probe.Options("""{"do":"code","code":75}"""));
        client.Dispose();

        Assert.Equal(ExitCode.TryLater, handler.WaitForEnd());
    }

    [Fact]
    public void Every_line_of_the_log_has_its_level_and_none_is_longer_than_the_daemon_takes()
    {
        var (client, handler) = Probe.Visit("log");
        using var _ = handler;
        client.Dispose();
        handler.WaitForEnd();

        var lines = handler.Complaints.Split('\n');

        Assert.Equal(["<7>deep", "<6>plain", "<4>one", "<4>two"], lines[..4]);
        Assert.StartsWith("<3>xxx", lines[4], StringComparison.Ordinal);
        Assert.Equal(4096, lines[4].Length + 1);
        Assert.Equal([""], lines[5..]);
    }

    [Fact]
    public void Last_words_arrive_although_the_client_has_said_more_than_was_read()
    {
        var (client, handler) = Probe.Visit("facts");
        using var _ = handler;
        client.Send(new byte[10_000]);

        Assert.StartsWith("127.0.0.1", client.ReadTextToEnd(), StringComparison.Ordinal);
        client.Dispose();
        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
    }

    [Fact]
    public void A_client_that_goes_in_the_middle_is_no_mistake()
    {
        var (client, handler) = Probe.Visit("echo");
        using var _ = handler;
        client.Send("hello"u8);
        Assert.Equal("hello", Encoding.UTF8.GetString(client.ReadExactly(5)));
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();

        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        Assert.StartsWith("<7>the client is gone: ", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void After_SIGTERM_a_client_has_the_grace_and_then_its_token_is_cancelled()
    {
        var (client, handler) = Probe.Visit("wait");
        using var _ = handler;
        client.ReadExactly(5);
        var since = Environment.TickCount64;

        handler.Terminate();

        Assert.Empty(client.ReadTextToEnd());
        Assert.InRange(Environment.TickCount64 - since, 250, 5_000);
        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        Assert.DoesNotContain("<3>", handler.Complaints, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ignore")]
    [InlineData("echo")]
    public void After_SIGTERM_a_method_that_does_not_listen_is_left_after_as_long_again(string @do)
    {
        var (client, handler) = Probe.Visit(@do);
        using var _ = handler;
        client.Send("ready"u8);
        client.ReadExactly(5);

        handler.Terminate();

        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        client.Dispose();
    }

    [Fact]
    public void After_SIGTERM_not_even_a_method_that_blocks_keeps_the_process()
    {
        var (client, accepted) = Sockets.Pair();
        using var handler = HandlerProcess.Start(HandlerProcess.Probe, accepted, Probe.Options("""{"do":"block","pause":"1h"}"""));
        accepted.Dispose();
        client.ReadExactly(5);

        handler.Terminate();

        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        client.Dispose();
    }

    [Fact]
    public void What_is_printed_goes_to_the_log_and_not_to_the_client()
    {
        var (client, handler) = Probe.Visit("print");
        using var _ = handler;
        client.Shutdown(SocketShutdown.Send);

        Assert.Empty(client.ReadTextToEnd());
        handler.WaitForEnd();
        Assert.Equal("printed\n", handler.Complaints);
    }

    [Fact]
    public void A_program_that_it_starts_does_not_get_the_connection()
    {
        var (client, handler) = Probe.Visit("spawn");
        using var _ = handler;
        client.Shutdown(SocketShutdown.Send);

        Assert.Empty(client.ReadTextToEnd());
        handler.WaitForEnd();
        Assert.Equal("/dev/null 0\n", handler.Complaints);
    }

    [Fact]
    public void Where_the_client_is_on_standard_error_it_hears_nothing_of_the_log()
    {
        var (client, accepted) = Sockets.Pair();
        using var handler = HandlerProcess.StartWithClientOnStandardError(HandlerProcess.Probe, accepted);    // it has no options: a complaint
        accepted.Dispose();

        Assert.Empty(client.ReadTextToEnd());
        Assert.Equal(ExitCode.Configuration, handler.WaitForEnd());
    }

    [Theory]
    [InlineData(64, "descriptor 0 is not a socket; this program is started by an inetd")]
    [InlineData(64, "there is no argument '--quick'; options stand in the service's configuration", "--quick")]
    public void What_cannot_work_is_said_with_the_usage(int code, string why, params string[] arguments)
    {
        using var handler = HandlerProcess.StartByHand([HandlerProcess.Probe, .. arguments]);

        Assert.Equal(code, handler.WaitForEnd());
        Assert.StartsWith($"sdk-probe: {why}\n\nusage: sdk-probe\n\nDoes what tests want.\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--version")]
    public void Who_asks_for_help_gets_it(string argument)
    {
        using var handler = HandlerProcess.StartByHand(HandlerProcess.Probe, argument);

        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        Assert.Empty(handler.Complaints);
    }

    [Fact]
    public void A_handler_of_datagrams_refuses_a_stream()
    {
        var (client, accepted) = Sockets.Pair();
        using var handler = HandlerProcess.Start(HandlerProcess.Probe, accepted, ("PROBE_SERVES", "datagrams"));
        client.Dispose();

        Assert.Equal(ExitCode.Usage, handler.WaitForEnd());
        Assert.Contains("descriptor 0 is a stream; this handler serves datagrams", handler.Complaints, StringComparison.Ordinal);
    }
}
