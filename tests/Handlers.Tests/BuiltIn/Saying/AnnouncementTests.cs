using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using SuperServer.Handlers.BuiltIn.Saying;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Saying;

/// <summary>The handler <c>file</c>, byte for byte.</summary>
public sealed class AnnouncementTests : IDisposable
{
    private static readonly IPEndPoint _anyPort = new(IPAddress.Loopback, 0);

    private readonly string _path = Path.GetTempFileName();
    private readonly List<IDisposable> _ours = [];

    [Theory]
    [InlineData("""{"text":"Hello\nworld"}""", "Hello\r\nworld\r\n")]
    [InlineData("""{"text":"Hello\r\nworld\n","crlf":true}""", "Hello\r\nworld\r\n")]
    [InlineData("""{"text":"Hello\nworld\n","crlf":false}""", "Hello\nworld\n")]
    [InlineData("""{"text":"{} { time } {time {client-ip} Grüße"}""", "{} { time } {time {client-ip} Grüße\r\n")]
    public void A_text_is_said_with_the_line_ends_of_the_network(string options, string said)
    {
        var (client, handler) = Start(options);

        Assert.Equal(said, client.ReadTextToEnd());
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void The_places_are_filled_with_what_the_daemon_saw()
    {
        using var daemon = new PoolDaemon(
            "file",
            ("SUPERSERVER_SERVICE", "finger"),
            ("SUPERSERVER_OPTIONS", """{"text":"{client_ip} {client_port} {service} {connection} {host}|{time}"}"""))
        {
            Variables = "TCPREMOTEIP=2001:db8::7\0TCPREMOTEPORT=40000\0TCPLOCALIP=2001:db8::1\0TCPLOCALPORT=79\0",
        };
        using var client = daemon.Connect("run-1");

        var said = client.ReadTextToEnd().Split('|');

        Assert.Equal($"2001:db8::7 40000 finger run-1 {Environment.MachineName}", said[0]);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\r\n$", said[1]);
        client.Dispose();
        Assert.Equal("done run-1 0", daemon.Hear());
    }

    [Fact]
    public void Of_a_local_client_nothing_is_known()
    {
        using var listener = Sockets.Listener(new UnixDomainSocketEndPoint($"\0superserver-test-{Guid.NewGuid()}"));
        var (client, accepted) = Sockets.Pair(listener);
        using var handler = HandlerProcess.Start("file", accepted, ("SUPERSERVER_OPTIONS", """{"text":"{client_ip} {client_port} {connection}"}"""));
        accepted.Dispose();

        Assert.Equal("unknown unknown unknown\r\n", client.ReadTextToEnd());
        client.Dispose();
    }

    [Fact]
    public void A_file_is_said_as_it_is_and_read_again_when_it_has_changed()
    {
        byte[] first = [.. "caf\n"u8, 0xe9, 0, (byte)'\n'];
        File.WriteAllBytes(_path, first);
        using var daemon = new PoolDaemon("file", Options(("path", _path))) { Variables = "TCPREMOTEIP=127.0.0.1\0TCPREMOTEPORT=9\0" };
        Assert.Equal(first, Hear(daemon, "run-1"));

        File.WriteAllText(_path, "another one, from {client_ip}");
        Assert.Equal("another one, from 127.0.0.1", Encoding.ASCII.GetString(Hear(daemon, "run-2")));

        File.Delete(_path);
        Assert.Equal("another one, from 127.0.0.1", Encoding.ASCII.GetString(Hear(daemon, "run-3")));
        Assert.Equal("another one, from 127.0.0.1", Encoding.ASCII.GetString(Hear(daemon, "run-4")));
        Assert.Equal($"file: {_path}: there is no such file\n", daemon.Worker.Complaints);

        File.WriteAllText(_path, "back");
        Assert.Equal("back", Encoding.ASCII.GetString(Hear(daemon, "run-5")));
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_said()
    {
        File.WriteAllBytes(_path, new byte[1024 * 1024]);
        var (client, _) = Start(Options(("path", _path)).Value);
        Assert.Equal(1024 * 1024, client.ReadToEnd().Length);

        File.WriteAllBytes(_path, new byte[(1024 * 1024) + 1]);
        var (_, handler) = Start(Options(("path", _path)).Value);

        Assert.Equal(78, handler.WaitForEnd());
        Assert.StartsWith($"file: {_path}: it is longer than 1048576 bytes\n", handler.Complaints, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"text":"x","path":"/etc/passwd"}""")]
    [InlineData("""{"text":"{client_name}"}""")]
    [InlineData("""{"path":"/nonexistent/file"}""")]
    [InlineData("""{"text":"x","crlf":"yes"}""")]
    public void Options_that_say_nothing_to_say_end_it(string options)
    {
        var (_, handler) = Start(options);

        Assert.Equal(78, handler.WaitForEnd());
        Assert.NotEmpty(handler.Complaints);
    }

    [Fact]
    public void With_read_line_nothing_is_said_before_the_client_has_said_something()
    {
        var (client, handler) = Start("""{"text":"nobody","read_line":true}""");
        client.Send("/W roo"u8);
        Thread.Sleep(200);
        Assert.Equal(0, client.Available);
        client.Send("t\r\n"u8);
        Assert.Equal("nobody\r\n", client.ReadTextToEnd());
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());

        var (hurried, _) = Start("""{"text":"nobody","read_line":true}""");
        hurried.Shutdown(SocketShutdown.Send);
        Assert.Equal("nobody\r\n", hurried.ReadTextToEnd());
    }

    [Fact]
    public void A_client_that_sends_without_end_still_gets_the_text()
    {
        var (client, accepted) = Sockets.Pair();
        client.Send(new byte[3000]);
        using var handler = HandlerProcess.Start("file", accepted, ("SUPERSERVER_OPTIONS", """{"text":"closed"}"""));
        accepted.Dispose();

        Assert.Equal("closed\r\n", client.ReadTextToEnd());
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Theory]
    [InlineData(0, 128)]
    [InlineData(150, 150)]
    [InlineData(1000, 302)]
    public void A_datagram_gets_no_more_than_it_brought_or_a_little(int asked, int said)
    {
        using var service = Sockets.Datagram(_anyPort);
        using var handler = HandlerProcess.Start("file", service, ("SUPERSERVER_OPTIONS", $$"""{"text":"{{new string('x', 300)}}"}"""));
        using var client = Sockets.Datagram(_anyPort);
        client.SendTo(new byte[asked], service.LocalEndPoint!);

        Assert.Equal(said, client.Receive(new byte[2000]));
    }

    [Fact]
    public void A_datagram_is_cut_where_a_letter_ends()
    {
        using var service = Sockets.Datagram(_anyPort);
        using var handler = HandlerProcess.Start("file", service, ("SUPERSERVER_OPTIONS", $$"""{"text":"x{{new string('ä', 100)}}"}"""));
        using var client = Sockets.Datagram(_anyPort);
        client.SendTo([], service.LocalEndPoint!);

        Assert.Equal(127, client.Receive(new byte[2000]));
    }

    [Theory]
    [InlineData("no place", null)]
    [InlineData("{time} {} { } {client-ip} {0} {", null)]
    [InlineData("{time} {Time}", "{Time}")]
    [InlineData("{client_ip}{client_iq}", "{client_iq}")]
    public void A_word_in_braces_that_is_no_place_is_noticed(string text, string? stranger) =>
        Assert.Equal(stranger, TextTemplate.Stranger(text));

    public void Dispose()
    {
        _ours.ForEach(one => one.Dispose());
        File.Delete(_path);
    }

    private static (string Name, string Value) Options(params (string Name, string Value)[] options) =>
        ("SUPERSERVER_OPTIONS", new JsonObject(options.Select(option => KeyValuePair.Create(option.Name, (JsonNode?)option.Value))).ToJsonString());

    private static byte[] Hear(PoolDaemon daemon, string id)
    {
        using var client = daemon.Connect(id);
        var said = client.ReadToEnd();
        client.Dispose();
        Assert.Equal($"done {id} 0", daemon.Hear());
        return said;
    }

    private (Socket Client, HandlerProcess Handler) Start(string options)
    {
        var (client, accepted) = Sockets.Pair();
        var handler = HandlerProcess.Start("file", accepted, ("SUPERSERVER_OPTIONS", options));
        accepted.Dispose();
        _ours.AddRange([client, handler]);
        return (client, handler);
    }
}
