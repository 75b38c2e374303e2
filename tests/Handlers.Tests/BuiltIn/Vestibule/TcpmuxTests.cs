using System.Net.Sockets;
using System.Text;
using CsCheck;
using SuperServer.Handlers.BuiltIn.Vestibule;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Vestibule;

/// <summary>Which service a client of tcpmux asks for (RFC 1078), and what he hears of it.</summary>
public sealed class TcpmuxTests
{
    private const string Options = """{"names":["whoami","+finger","uucp-path"]}""";

    [Theory]
    [InlineData("whoami\r\n", "whoami")]
    [InlineData("WhoAmI\r\n", "whoami")]
    [InlineData("uucp-path\n", "uucp-path")]
    public void A_known_name_goes_to_its_service_and_not_one_byte_more_is_taken(string line, string name)
    {
        using var daemon = Worker();
        using var visit = daemon.Visit("k3f9-7");

        visit.Client.Send(Encoding.ASCII.GetBytes(line + "and more\r\n"));

        Assert.Equal($"enter k3f9-7 {name}", daemon.Hear());
        Assert.Equal("and more\r\n"u8, visit.Accepted.ReadExactly(10));
        Assert.Equal(0, visit.Client.Available);
    }

    [Fact]
    public void The_client_of_a_service_with_a_plus_hears_yes_before_its_program_speaks()
    {
        using var daemon = Worker();
        using var visit = daemon.Visit("run-1");

        visit.Client.Send("finger\r\n"u8);

        Assert.Equal("enter run-1 finger", daemon.Hear());
        visit.Accepted.Send("hello"u8);
        Assert.Equal("+Go\r\nhello"u8, visit.Client.ReadExactly(10));
    }

    [Theory]
    [InlineData("nothing\r\n")]
    [InlineData("\r\n")]
    [InlineData("+finger\r\n")]
    [InlineData(" whoami\r\n")]
    [InlineData("whoami \r\n")]
    [InlineData("who\0ami\r\n")]
    public void Who_asks_for_something_else_hears_no_and_the_visit_is_over(string line)
    {
        using var daemon = Worker();
        using var visit = daemon.Visit("run-1");

        visit.Client.Send(Encoding.ASCII.GetBytes(line));

        Assert.Equal("-Service not available\r\n"u8, visit.Client.ReadExactly(24));
        Assert.Equal(0, visit.Client.Receive(new byte[1]));
        visit.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void Help_lists_the_names()
    {
        using var daemon = Worker();
        using var visit = daemon.Visit("run-1");

        visit.Client.Send("HELP\r\n"u8);

        Assert.Equal("whoami\r\nfinger\r\nuucp-path\r\n", visit.Client.ReadTextToEnd());
        visit.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void Who_has_his_answer_and_stays_is_not_waited_for()
    {
        using var daemon = Worker();
        using var visit = daemon.Visit("run-1", timeout: 60_000);

        visit.Client.Send("help\r\n"u8);

        Assert.Equal("done run-1", daemon.Hear());
    }

    [Fact]
    public void A_line_that_comes_byte_by_byte_is_read_and_one_without_end_is_not_waited_for()
    {
        using var daemon = Worker();
        using var slow = daemon.Visit("run-1");
        slow.Client.NoDelay = true;
        foreach (var value in "whoami\r\nx"u8.ToArray())
        {
            slow.Client.Send([value]);
        }

        Assert.Equal("enter run-1 whoami", daemon.Hear());
        Assert.Equal("x"u8, slow.Accepted.ReadExactly(1));

        using var endless = daemon.Visit("run-2", timeout: 60_000);
        endless.Client.Send(new byte[256]);
        Assert.Equal("bad run-2 too-long", daemon.Hear());
    }

    [Theory]
    [InlineData("", "timeout")]
    [InlineData("who", "timeout")]
    public void Who_does_not_finish_is_timed_out(string half, string why)
    {
        using var daemon = Worker();
        using var visit = daemon.Visit("run-1", timeout: 150);

        visit.Client.Send(Encoding.ASCII.GetBytes(half));

        Assert.Equal($"bad run-1 {why}", daemon.Hear());
    }

    [Fact]
    public void Wrong_options_are_told()
    {
        using var daemon = new PoolDaemon("tcpmux", ("SUPERSERVER_OPTIONS", """{"names":[7]}"""));

        Assert.Equal(78, daemon.Worker.WaitForEnd());
        Assert.Contains("option 'names' must ", daemon.Worker.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_have_some_meaning_and_the_longest_line_has_256()
    {
        var line = new TcpmuxLine(["whoami"]);
        Gen.Byte.Array[0, 300].Sample(bytes => Assert.NotNull(line.Read(bytes)), iter: 5_000);

        Assert.IsType<Reading.Answered>(line.Read([.. new byte[255], (byte)'\n']));
        Assert.Equal(Reading.Incomplete, line.Read(new byte[255]));
        Assert.IsType<Reading.Wrong>(line.Read([.. new byte[256], (byte)'\n']));
    }

    private static PoolDaemon Worker() => new("tcpmux", ("SUPERSERVER_OPTIONS", Options));
}
