using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn;

/// <summary>The small services as processes, over streams: with the client on descriptor 0, and with a listening socket.</summary>
public sealed class StreamTests
{
    [Fact]
    public void Echo_sends_back_every_byte_and_ends_when_the_client_has_ended()
    {
        var (client, handler) = Start("echo");
        var sent = new byte[3_000_000];
        Random.Shared.NextBytes(sent);
        var sending = new Thread(() =>
        {
            client.Send(sent);
            client.Shutdown(SocketShutdown.Send);
        });
        sending.Start();

        Assert.Equal(sent, client.ReadToEnd());

        sending.Join();
        Assert.Equal(0, End(client, handler));
    }

    [Fact]
    public void Echo_answers_before_the_client_ends()
    {
        var (client, handler) = Start("echo");
        for (var i = 0; i < 3; i++)
        {
            client.Send("hello"u8);
            Assert.Equal("hello"u8, client.ReadExactly(5));
        }

        Assert.Equal(0, End(client, handler));
    }

    [Fact]
    public void Discard_reads_to_the_end_and_says_nothing()
    {
        var (client, handler) = Start("discard");
        client.Send(new byte[3_000_000]);
        client.Shutdown(SocketShutdown.Send);

        Assert.Empty(client.ReadToEnd());
        Assert.Equal(0, End(client, handler));
    }

    [Fact]
    public void Chargen_sends_shifted_lines_until_the_client_goes()
    {
        var (client, handler) = Start("chargen");
        const int Lines = 5000;

        var text = Encoding.ASCII.GetString(client.ReadExactly(Lines * 74));

        Assert.Equal(string.Concat(Enumerable.Range(0, Lines).Select(FormatTests.Line)), text);
        Assert.Equal(0, End(client, handler));
        Assert.Empty(handler.Complaints);
    }

    [Fact]
    public void Chargen_goes_on_for_a_client_that_only_listens_and_throws_away_what_one_says()
    {
        var (client, handler) = Start("chargen");
        client.Send(new byte[1_000_000]);
        client.Shutdown(SocketShutdown.Send);

        _ = client.ReadExactly(20_000_000);

        Assert.Equal(0, End(client, handler));
    }

    [Fact]
    public void Chargen_sleeps_while_a_client_that_has_ended_its_side_does_not_read()
    {
        var (client, handler) = Start("chargen");
        client.Shutdown(SocketShutdown.Send);
        _ = client.ReadExactly(1_000_000);
        Thread.Sleep(200);          // the buffers between the two fill up

        var before = handler.ProcessorTicks();
        Thread.Sleep(300);

        Assert.InRange(handler.ProcessorTicks() - before, 0, 5);
        Assert.Equal(0, End(client, handler));
    }

    [Fact]
    public void Daytime_says_the_local_time_and_closes()
    {
        var before = DateTime.Now.AddSeconds(-1);
        var (client, handler) = Start("daytime");

        var text = client.ReadTextToEnd();

        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        var said = DateTime.ParseExact(
            text[..24], "ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces);
        Assert.InRange(said, before, DateTime.Now);
        Assert.Equal(0, End(client, handler));
    }

    [Fact]
    public void Time_is_exactly_four_bytes()
    {
        var before = Since1900();
        var (client, handler) = Start("time");

        var bytes = client.ReadToEnd();

        Assert.Equal(4, bytes.Length);
        Assert.InRange(BinaryPrimitives.ReadUInt32BigEndian(bytes), before, Since1900());
        Assert.Equal(0, End(client, handler));
    }

    [Theory]
    [InlineData("daytime", 26)]
    [InlineData("time", 4)]
    public void What_the_client_sends_does_not_destroy_the_answer(string service, int length)
    {
        var (client, accepted) = Sockets.Pair();
        client.Send(new byte[2000]);
        using var handler = HandlerProcess.Start(service, accepted);
        accepted.Dispose();

        Assert.Equal(length, client.ReadToEnd().Length);
        client.Send(new byte[1]);
        Thread.Sleep(100);          // were the other end closed by now, that byte would have brought a reset
        client.Send(new byte[1]);
        Assert.Equal(0, End(client, handler));
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("discard")]
    [InlineData("chargen")]
    [InlineData("daytime")]
    [InlineData("time")]
    public void A_client_that_resets_is_no_failure(string service)
    {
        var (client, handler) = Start(service);
        client.LingerState = new LingerOption(true, 0);

        Assert.Equal(0, End(client, handler));
        Assert.Empty(handler.Complaints);
    }

    [Fact]
    public void Listening_it_serves_many_at_once_and_leaves_when_nobody_has_come_for_a_while()
    {
        using var listener = Sockets.Listener();
        var clients = Enumerable.Range(0, 200).Select(_ => Sockets.Connected(listener.LocalEndPoint!)).ToArray();
        using var handler = HandlerProcess.Start("echo", listener, ("SUPERSERVER_OPTIONS", """{"idle":"300ms"}"""));

        foreach (var (client, i) in clients.Select((client, i) => (client, i)))
        {
            client.Send(BitConverter.GetBytes(i));
        }

        foreach (var (client, i) in clients.Select((client, i) => (client, i)).Reverse())
        {
            Assert.Equal(i, BitConverter.ToInt32(client.ReadExactly(4)));
            client.Dispose();
        }

        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void Listening_a_client_that_does_not_read_holds_up_nobody()
    {
        using var listener = Sockets.Listener();
        var deaf = Sockets.Connected(listener.LocalEndPoint!);
        using var handler = HandlerProcess.Start("chargen", listener, ("SUPERSERVER_OPTIONS", """{"idle":"100ms"}"""));
        _ = deaf.ReadExactly(1);

        var eager = Sockets.Connected(listener.LocalEndPoint!);
        Assert.Equal(FormatTests.Line(0), Encoding.ASCII.GetString(eager.ReadExactly(74)));

        eager.Dispose();
        deaf.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void Listening_it_outlives_a_client_that_is_silent_for_longer_than_the_idle_time()
    {
        using var listener = Sockets.Listener();
        using var client = Sockets.Connected(listener.LocalEndPoint!);
        using var handler = HandlerProcess.Start("echo", listener, ("SUPERSERVER_OPTIONS", """{"idle":"1ms"}"""));
        client.Send("x"u8);
        Assert.Equal("x"u8, client.ReadExactly(1));
        Thread.Sleep(50);       // the silence itself is what is tested

        client.Send("still there"u8);

        Assert.Equal("still there"u8, client.ReadExactly(11));
        client.Close();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void It_leaves_the_listening_socket_as_it_was()
    {
        using var listener = Sockets.Listener();
        using var handler = HandlerProcess.Start("time", listener, ("SUPERSERVER_OPTIONS", """{"idle":"1ms"}"""));

        Assert.Equal(0, handler.WaitForEnd());

        Assert.False(IsNonBlocking(listener));
    }

    [Fact]
    public void It_serves_unix_sockets_as_well()
    {
        using var folder = new Folder();
        using var listener = Sockets.Listener(new UnixDomainSocketEndPoint(folder.In("echo")));
        var (client, accepted) = Sockets.Pair(listener);
        using var handler = HandlerProcess.Start("echo", accepted);
        accepted.Dispose();
        client.Send("hello"u8);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("hello", client.ReadTextToEnd());
        Assert.Equal(0, End(client, handler));
    }

    [Theory]
    [InlineData("""{"idle":"soon"}""")]
    [InlineData("""{"iddle":"5s"}""")]
    public void Wrong_options_are_refused_with_their_names(string options)
    {
        var (client, accepted) = Sockets.Pair();
        using var handler = HandlerProcess.Start("echo", accepted, ("SUPERSERVER_OPTIONS", options));
        accepted.Dispose();

        Assert.Equal(78, handler.WaitForEnd());
        Assert.Contains(options[2..6], handler.Complaints, StringComparison.Ordinal);
        client.Dispose();
    }

    [Theory]
    [InlineData("echo", "descriptor 0 is not a socket")]
    [InlineData("notelnet", "descriptor 0 is not a socket")]
    [InlineData("nosuch", "there is no handler 'nosuch'")]
    public void Started_by_hand_it_says_how_it_is_used(string handler, string complaint)
    {
        using var process = HandlerProcess.StartByHand(handler);

        Assert.Equal(64, process.WaitForEnd());
        Assert.Contains(complaint, process.Complaints, StringComparison.Ordinal);
        Assert.Contains("usage: superserver-handlers NAME", process.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_name_or_with_two_it_says_how_it_is_used()
    {
        using var none = HandlerProcess.StartByHand();
        using var two = HandlerProcess.StartByHand("echo", "time");

        Assert.Equal((64, 64), (none.WaitForEnd(), two.WaitForEnd()));
        Assert.Contains("exactly one argument", two.Complaints, StringComparison.Ordinal);
    }

    private static (Socket Client, HandlerProcess Handler) Start(string service)
    {
        var (client, accepted) = Sockets.Pair();
        var handler = HandlerProcess.Start(service, accepted);
        accepted.Dispose();
        return (client, handler);
    }

    private static int End(Socket client, HandlerProcess handler)
    {
        client.Dispose();
        using (handler)
        {
            return handler.WaitForEnd();
        }
    }

    private static bool IsNonBlocking(Socket socket)
    {
        var flags = File.ReadLines($"/proc/self/fdinfo/{socket.Handle}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags[6..].Trim(), 8) & 0x800) != 0;
    }

    private static uint Since1900() => (uint)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 2_208_988_800);
}
