using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using SuperServer.EndToEnd.Harness;

namespace SuperServer.EndToEnd;

/// <summary>The handlers that have one thing to say: file, qotd and ident, in every mode that a stream has, and over datagrams.</summary>
public sealed partial class AnnouncementTests
{
    public static TheoryData<string> Modes => ["nowait", "wait", "pool"];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_notice_names_the_client(string mode)
    {
        await using var daemon = await RunningDaemon.Start(Who.Root, Service(
            "file", mode, "options = { text = \"You are {client_ip}:{client_port}.\\n{service} is closed.\", read_line = true }"));
        using var client = await Client.Connect(daemon.Address("file"), from: "127.0.0.5");
        await client.Send("somebody\r\n");

        Assert.Equal($"You are {client.Local}.\r\nfile is closed.\r\n", await client.ReceiveAll());
    }

    [Fact]
    public async Task A_file_that_has_been_replaced_is_said_anew()
    {
        using var folder = PrivateFolder.For(Who.OrdinaryUser);
        folder.Write("notice", "first {host}\n");
        await using var daemon = await RunningDaemon.Start(folder, Service(
            "file", "pool", $"options = {{ path = \"{folder.At("notice")}\" }}"));
        Assert.Equal($"first {Environment.MachineName}\n", await Client.Hear(daemon.Address("file")));

        folder.Replace("notice", "the second one\n");

        Assert.Equal("the second one\n", await Client.Hear(daemon.Address("file")));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_quote_is_a_line(string mode)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Service("qotd", mode));

        Assert.Matches(OneLine(), await Client.Hear(daemon.Address("qotd")));
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("nowait")]
    public async Task A_datagram_gets_a_short_quote_and_a_short_notice(string mode)
    {
        await using var daemon = await RunningDaemon.Start(
            Who.Root,
            Service("qotd", mode, scheme: "udp") + Service("file", mode, "options = { text = \"closed to {client_ip}\" }", "udp"));
        using var reader = new DatagramClient(daemon.Address("qotd", "udp"));
        using var client = new DatagramClient(daemon.Address("file", "udp"));

        Assert.Matches(OneLine(), await reader.Ask(""));
        Assert.Equal("closed to 127.0.0.1\r\n", await client.Ask("?"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Whose_a_connection_is_is_told_to_its_other_end_only(string mode)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        far.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        far.Listen();
        var farPort = ((IPEndPoint)far.LocalEndPoint!).Port;
        await using var daemon = await RunningDaemon.Start(Who.Root, $"""
            [service.caller]
            listen = "tcp:127.0.0.1:0"
            exec = ["/bin/bash", "-c", "cat <>/dev/tcp/127.0.0.1/{farPort}"]
            user = "member"

            {Service("ident", mode, "options = { reply = \"name\" }")}
            """);
        using var start = await Client.Connect(daemon.Address("caller"));
        using var connection = await far.AcceptAsync(Deadline.Soon);
        var ports = $"{((IPEndPoint)connection.RemoteEndPoint!).Port}, {farPort}";

        Assert.Equal($"{ports} : USERID : UNIX : member\r\n", await Client.Ask(daemon.Address("ident"), $"{ports}\r\n"));
        Assert.Equal($"{ports} : ERROR : NO-USER\r\n", await Client.Ask(daemon.Address("ident"), $"{ports}\r\n", from: "127.0.0.6"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task As_it_comes_nobody_is_told_of_anybody(string mode)
    {
        await using var daemon = await RunningDaemon.Start(Who.OrdinaryUser, Service("ident", mode));

        Assert.Equal(
            "22, 40000 : ERROR : HIDDEN-USER\r\n0, 0 : ERROR : INVALID-PORT\r\n",
            await Client.Ask(daemon.Address("ident"), "22,40000\r\nwho?\r\n"));
    }

    private static string Service(string handler, string mode, string keys = "", string scheme = "tcp") => $"""
        [service.{handler}]
        listen = "{scheme}:127.0.0.1:0"
        handler = "{handler}"
        mode = "{mode}"
        {keys}

        """;

    [GeneratedRegex(@"\A[ -~]{10,126}\r\n\z")]
    private static partial Regex OneLine();
}
