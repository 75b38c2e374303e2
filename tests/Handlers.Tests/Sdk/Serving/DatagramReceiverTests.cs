using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Sdk.Serving;

/// <summary>A handler on the SDK with a datagram socket on descriptor 0, as a real process.</summary>
public sealed class DatagramReceiverTests : IDisposable
{
    private readonly Socket _service = Sockets.Datagram(new IPEndPoint(IPAddress.Any, 0));
    private readonly Socket _client = Sockets.Datagram(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose()
    {
        _service.Dispose();
        _client.Dispose();
    }

    [Fact]
    public void Each_is_answered_and_it_leaves_when_none_comes()
    {
        using var handler = Probe.Start(_service, "datagrams");

        Assert.Equal("hello", Ask("hello"));
        Assert.Equal("", Ask(""));
        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
    }

    [Fact]
    public void The_answer_comes_from_the_address_that_was_asked()
    {
        using var handler = Probe.Start(_service, "datagrams");
        Ask("the kernel says the address from now on");

        var answer = Ask("facts", "127.0.0.9", out var from);

        Assert.Equal($"127.0.0.1 {Sockets.Port(_client)} 127.0.0.9 {Sockets.Port(_service)} ", answer);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("127.0.0.9"), Sockets.Port(_service)), from);
    }

    [Fact]
    public void One_that_takes_long_does_not_keep_the_next_waiting()
    {
        using var handler = Probe.Start(_service, "datagrams");
        Send("slow", "127.0.0.1");

        Assert.Equal("quick", Ask("quick"));
        Assert.Equal("slow", Hear(out _));
    }

    [Fact]
    public void What_one_brings_about_does_not_end_the_others()
    {
        using var handler = Probe.Start(_service, "datagrams");
        Send("throw", "127.0.0.1");
        Send("bar", "127.0.0.1");

        Assert.Equal("hello", Ask("hello"));
        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        var subject = $"[127.0.0.1:{Sockets.Port(_client)}]";
        Assert.Contains($"<3>{subject} System.InvalidOperationException: a mistake\n", handler.Complaints, StringComparison.Ordinal);
        Assert.Contains($"<4>{subject} go away\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_for_one_peer_says_by_its_exit_code_how_it_was()
    {
        using var connected = Sockets.Datagram(new IPEndPoint(IPAddress.Loopback, 0));
        connected.Connect(_client.LocalEndPoint!);
        using var handler = Probe.Start(connected, "datagrams");
        _client.SendTo("bar"u8, connected.LocalEndPoint!);

        Assert.Equal(ExitCode.Misbehaved, handler.WaitForEnd());
    }

    [Fact]
    public void A_Unix_peer_is_answered_at_its_path()
    {
        using var folder = new Folder();
        using var service = Sockets.Datagram(new UnixDomainSocketEndPoint(Path.Combine(folder.Path, "service")));
        using var client = Sockets.Datagram(new UnixDomainSocketEndPoint(Path.Combine(folder.Path, "client")));
        using var handler = Probe.Start(service, "datagrams");
        client.SendTo("facts"u8, service.LocalEndPoint!);

        var answer = new byte[200];
        Assert.Equal($"    {folder.Path}/client", Encoding.UTF8.GetString(answer, 0, client.Receive(answer)));
    }

    [Fact]
    public void After_SIGTERM_what_was_begun_is_ended_and_nothing_new_begun()
    {
        using var handler = Probe.Start(_service, "datagrams");
        Ask("it is there");
        Send("slow", "127.0.0.1");
        Ask("and has begun");

        handler.Terminate();

        Assert.Equal(ExitCode.Done, handler.WaitForEnd());
        Assert.DoesNotContain("<3>", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_of_streams_refuses_datagrams()
    {
        using var handler = HandlerProcess.Start(HandlerProcess.Probe, _service, ("PROBE_SERVES", "streams"));

        Assert.Equal(ExitCode.Usage, handler.WaitForEnd());
        Assert.Contains("descriptor 0 is a datagram socket; this handler serves streams", handler.Complaints, StringComparison.Ordinal);
    }

    private string Ask(string question) => Ask(question, "127.0.0.1", out _);

    private string Ask(string question, string address, out EndPoint from)
    {
        Send(question, address);
        return Hear(out from);
    }

    private void Send(string question, string address) =>
        _client.SendTo(Encoding.UTF8.GetBytes(question), new IPEndPoint(IPAddress.Parse(address), Sockets.Port(_service)));

    private string Hear(out EndPoint from)
    {
        from = new IPEndPoint(IPAddress.Any, 0);
        var answer = new byte[2000];
        return Encoding.UTF8.GetString(answer, 0, _client.ReceiveFrom(answer, ref from));
    }
}
