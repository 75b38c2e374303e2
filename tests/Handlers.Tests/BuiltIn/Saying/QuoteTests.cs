using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Handlers.BuiltIn.Saying;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Saying;

/// <summary>The quote of the day (RFC 865).</summary>
public sealed class QuoteTests : IDisposable
{
    private static readonly IPEndPoint _anyPort = new(IPAddress.Loopback, 0);

    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Without_a_separator_each_line_is_a_quote() =>
        Assert.Equal(["one\r\n", "two  three\r\n", "four % five\r\n"], Parse("one\n\n  \ntwo  three\r\nfour % five"));

    [Fact]
    public void With_separators_a_quote_has_lines_as_fortune_has_them() =>
        Assert.Equal(["one\r\ntwo\r\n", "three\r\n\r\n  four\r\n"], Parse("%\none\ntwo\n%\n%\r\nthree\n\n  four\n\n%\n"));

    [Fact]
    public void A_quote_that_is_too_long_for_the_rfc_is_left_out()
    {
        var longest = new string('x', 509);

        Assert.Equal([$"{longest}\r\n"], Parse($"{longest}\n{longest}x\n"));
        Assert.Equal([$"{new string('ä', 254)}\r\n"], Parse($"{new string('ä', 254)}\n{new string('ä', 255)}"));
    }

    [Fact]
    public void Our_own_are_a_dozen_and_answer_an_empty_datagram()
    {
        Assert.Equal(12, Quotes.Own.Count);
        Assert.All(Quotes.Own, quote => Assert.InRange(quote.Length, 10, 128));
        Assert.All(Quotes.Own, quote => Assert.All(quote, letter => Assert.True(letter is (byte)'\r' or (byte)'\n' or (>= 32 and < 127))));
    }

    [Fact]
    public void A_client_gets_one_of_them_and_in_time_another()
    {
        using var daemon = new PoolDaemon("qotd");
        var said = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            using var client = daemon.Connect($"run-{i}");
            said.Add(client.ReadTextToEnd());
            client.Dispose();
            Assert.Equal($"done run-{i} 0", daemon.Hear());
        }

        Assert.Subset(Quotes.Own.Select(Encoding.ASCII.GetString).ToHashSet(), said);
        Assert.InRange(said.Count, 2, 12);
    }

    [Fact]
    public void A_file_is_read_again_when_it_has_changed_and_an_empty_one_changes_nothing()
    {
        File.WriteAllText(_path, "first");
        using var listener = Sockets.Listener();
        using var handler = HandlerProcess.Start("qotd", listener, ("SUPERSERVER_OPTIONS", $$"""{"path":"{{_path}}"}"""));
        Assert.Equal("first\r\n", Ask(listener));

        File.WriteAllText(_path, "second one");
        Assert.Equal("second one\r\n", Ask(listener));

        File.WriteAllText(_path, "");
        Assert.Equal("second one\r\n", Ask(listener));
    }

    [Fact]
    public void A_file_without_quotes_at_the_start_is_a_mistake_of_the_options()
    {
        using var listener = Sockets.Listener();
        using var handler = HandlerProcess.Start("qotd", listener, ("SUPERSERVER_OPTIONS", $$"""{"path":"{{_path}}"}"""));

        Assert.Equal(78, handler.WaitForEnd());
        Assert.Contains("without a quote that can be read", handler.Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_datagram_is_answered_with_a_quote_no_longer_than_the_question_or_a_little()
    {
        File.WriteAllText(_path, $"{new string('x', 126)}\n{new string('y', 127)}\n");
        using var service = Sockets.Datagram(_anyPort);
        using var handler = HandlerProcess.Start("qotd", service, ("SUPERSERVER_OPTIONS", $$"""{"path":"{{_path}}"}"""));
        using var client = Sockets.Datagram(_anyPort);
        var lengths = new HashSet<int>();
        for (var i = 0; i < 40; i++)
        {
            client.SendTo([], service.LocalEndPoint!);
            Assert.Equal(128, client.Receive(new byte[600]));
            client.SendTo(new byte[129], service.LocalEndPoint!);
            lengths.Add(client.Receive(new byte[600]));
        }

        Assert.Equal([128, 129], lengths.Order());
    }

    [Fact]
    public void Nothing_short_enough_is_no_answer()
    {
        File.WriteAllText(_path, new string('x', 300));
        using var service = Sockets.Datagram(_anyPort);
        using var handler = HandlerProcess.Start("qotd", service, ("SUPERSERVER_OPTIONS", $$"""{"path":"{{_path}}"}"""));
        using var client = Sockets.Datagram(_anyPort);
        client.SendTo([], service.LocalEndPoint!);
        client.SendTo(new byte[302], service.LocalEndPoint!);

        Assert.Equal(302, client.Receive(new byte[600]));
        Assert.Equal(0, client.Available);
    }

    public void Dispose() => File.Delete(_path);

    private static IEnumerable<string> Parse(string text) => Quotes.Parse(text).Select(Encoding.UTF8.GetString);

    private static string Ask(Socket listener)
    {
        using var client = Sockets.Connected(listener.LocalEndPoint!);
        return client.ReadTextToEnd();
    }
}
