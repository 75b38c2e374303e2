using System.Net;
using System.Net.Sockets;
using System.Text;
using SuperServer.Accepting;

namespace SuperServer.Tests.Accepting;

public sealed class BannerTests : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _accepted;

    public BannerTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _client.Connect(_listener.LocalEndPoint!);
        _accepted = _listener.Accept();
    }

    [Fact]
    public void The_client_gets_its_words_as_they_stand()
    {
        var sent = Banner.Send((int)_accepted.Handle, "Grüße\r\n");
        _accepted.Close();

        var buffer = new byte[64];
        Assert.Equal(9, sent);
        Assert.Equal("Grüße\r\n", Encoding.UTF8.GetString(buffer, 0, _client.Receive(buffer)));
    }

    [Fact]
    public void A_client_who_takes_nothing_holds_nobody_up()
    {
        _accepted.Blocking = true;
        var text = new string('x', 1_024);
        var sent = 0;
        while (sent < 1_000_000_000 && Banner.Send((int)_accepted.Handle, text) is > 0 and var count)
        {
            sent += count;
        }

        Assert.InRange(sent, 1_024, 999_999_999);
    }

    [Fact]
    public void A_client_who_is_gone_is_no_trouble()
    {
        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Close();
        _accepted.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead);

        Assert.Equal(0, Banner.Send((int)_accepted.Handle, "hello"));
        Assert.Equal(0, Banner.Send((int)_accepted.Handle, "hello"));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _client.Dispose();
        _accepted.Dispose();
    }
}
