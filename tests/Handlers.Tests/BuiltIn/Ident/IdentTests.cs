using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Ident;

/// <summary>RFC 1413 as a process, byte for byte; the connections it is asked about are this test's own.</summary>
public sealed class IdentTests : IDisposable
{
    private readonly List<IDisposable> _ours = [];

    [Theory]
    [InlineData("6193,23\r\n", "6193, 23 : ERROR : HIDDEN-USER\r\n")]
    [InlineData(" 6193 , 23 \n", "6193, 23 : ERROR : HIDDEN-USER\r\n")]
    [InlineData("0,23\r\n", "0, 23 : ERROR : INVALID-PORT\r\n")]
    [InlineData("hello\r\n", "0, 0 : ERROR : INVALID-PORT\r\n")]
    [InlineData("1,2\r\n3,4\r\n\r\n", "1, 2 : ERROR : HIDDEN-USER\r\n3, 4 : ERROR : HIDDEN-USER\r\n0, 0 : ERROR : INVALID-PORT\r\n")]
    [InlineData("1,2\r\n3,4", "1, 2 : ERROR : HIDDEN-USER\r\n")]
    public void Nobody_is_told_anything(string question, string answer) => Assert.Equal(answer, Ask("{}", question));

    [Fact]
    public void A_fixed_token_is_told_of_every_connection() =>
        Assert.Equal("1, 2 : USERID : OTHER : some body\r\n", Ask("""{"reply":"fixed","token":"some body"}""", "1,2\r\n"));

    [Fact]
    public void The_number_or_the_name_of_who_has_the_connection_is_told()
    {
        var (client, accepted) = Connection();
        var ports = $"{Sockets.Port(accepted)}, {Sockets.Port(client)}";
        var uid = Posix.geteuid().ToString(CultureInfo.InvariantCulture);

        Assert.Equal($"{ports} : USERID : OTHER : {uid}\r\n", Ask("""{"reply":"uid"}""", $"{ports}\r\n"));
        Assert.Equal($"{ports} : USERID : UNIX : {Environment.UserName}\r\n", Ask("""{"reply":"name"}""", $"{ports}\r\n"));
    }

    [Fact]
    public void A_connection_that_is_not_there_is_nobody_s() =>
        Assert.Equal("1, 2 : ERROR : NO-USER\r\n", Ask("""{"reply":"uid"}""", "1,2\r\n"));

    [Fact]
    public void A_connection_of_others_is_not_told_of()
    {
        var (client, accepted) = Connection();
        var question = Encoding.ASCII.GetBytes($"{Sockets.Port(accepted)},{Sockets.Port(client)}\r\n");
        using var daemon = new PoolDaemon("ident", ("SUPERSERVER_OPTIONS", """{"reply":"uid"}"""))
        {
            Variables = "TCPREMOTEIP=192.0.2.7\0TCPREMOTEPORT=40000\0TCPLOCALIP=127.0.0.1\0TCPLOCALPORT=113\0",
        };
        using var asker = daemon.Connect("run-1");
        asker.Send(question);
        asker.Shutdown(SocketShutdown.Send);

        Assert.Equal($"{Sockets.Port(accepted)}, {Sockets.Port(client)} : ERROR : NO-USER\r\n", asker.ReadTextToEnd());
        asker.Dispose();
        Assert.Equal("done run-1 0", daemon.Hear());
    }

    [Fact]
    public void A_line_may_have_a_thousand_characters_and_no_more()
    {
        var spaces = new string(' ', 997);

        Assert.Equal("1, 2 : ERROR : HIDDEN-USER\r\n", Ask("{}", $"1,{spaces}2\r\n"));
        Assert.Equal("", Ask("{}", $"1,{spaces} 2\r\n"));
        Assert.Equal("", Ask("{}", new string('x', 5000)));
    }

    [Fact]
    public void A_question_may_come_in_pieces_and_is_answered_before_the_client_ends()
    {
        var (client, handler) = Start("{}");
        foreach (var piece in (string[])["61", "93,", "23", "\r", "\n"])
        {
            client.Send(Encoding.ASCII.GetBytes(piece));
            Thread.Sleep(20);
        }

        Assert.Equal("6193, 23 : ERROR : HIDDEN-USER\r\n", Encoding.ASCII.GetString(client.ReadExactly(32)));
        client.Dispose();
        Assert.Equal(0, handler.WaitForEnd());
    }

    [Fact]
    public void Thousands_of_questions_at_once_are_answered_in_their_order()
    {
        var questions = string.Concat(Enumerable.Range(1, 3000).Select(port => $"{port},1\r\n"));

        Assert.Equal(string.Concat(Enumerable.Range(1, 3000).Select(port => $"{port}, 1 : ERROR : HIDDEN-USER\r\n")), Ask("{}", questions));
    }

    [Theory]
    [InlineData("""{"reply":"everything"}""")]
    [InlineData("""{"reply":"fixed"}""")]
    [InlineData("""{"token":"x"}""")]
    [InlineData("""{"reply":"fixed","token":"a\nb"}""")]
    public void Options_that_will_not_do_end_it(string options)
    {
        var (_, handler) = Start(options);

        Assert.Equal(78, handler.WaitForEnd());
        Assert.NotEmpty(handler.Complaints);
    }

    public void Dispose() => _ours.ForEach(one => one.Dispose());

    private (Socket Client, Socket Accepted) Connection()
    {
        var (client, accepted) = Sockets.Pair();
        _ours.AddRange([client, accepted]);
        return (client, accepted);
    }

    private string Ask(string options, string question)
    {
        var (client, handler) = Start(options);
        var asking = new Thread(() =>
        {
            client.Send(Encoding.ASCII.GetBytes(question));
            client.Shutdown(SocketShutdown.Send);
        });
        asking.Start();
        var answer = ReadToEnd(client);
        Assert.True(asking.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, handler.WaitForEnd());
        return answer;
    }

    // A line that is too long is not read to its end, and so the close may be a reset.
    private static string ReadToEnd(Socket client)
    {
        try
        {
            return client.ReadTextToEnd();
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return "";
        }
    }

    private (Socket Client, HandlerProcess Handler) Start(string options)
    {
        var (client, accepted) = Sockets.Pair();
        var handler = HandlerProcess.Start("ident", accepted, ("SUPERSERVER_OPTIONS", options));
        accepted.Dispose();
        _ours.AddRange([client, handler]);
        return (client, handler);
    }
}
