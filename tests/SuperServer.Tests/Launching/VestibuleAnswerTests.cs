using System.Text;
using SuperServer.Launching;

namespace SuperServer.Tests.Launching;

/// <summary>What the daemon believes of a process that strangers may have taken over: one form for each answer, and nothing else.</summary>
public sealed class VestibuleAnswerTests
{
    private static readonly ConnectionId _id = new(17);

    [Theory]
    [InlineData("203.0.113.7 4444 192.0.2.1 80", "203.0.113.7:4444", "192.0.2.1:80")]
    [InlineData("2001:db8::1 65535 2001:DB8:0::2 0", "[2001:db8::1]:65535", "[2001:db8::2]:0")]
    [InlineData("::ffff:203.0.113.7 1 192.0.2.1 2", "203.0.113.7:1", "192.0.2.1:2")]
    public void A_peer_is_two_addresses_and_two_ports(string text, string remote, string local)
    {
        var peer = Assert.IsType<VestibuleAnswer.Peer>(Parse($"peer {_id} {text}"));

        Assert.Equal((_id, remote, local), (peer.Id, peer.Remote.ToString(), peer.Local.ToString()));
    }

    [Fact]
    public void The_other_answers_are_a_word_and_an_id()
    {
        Assert.Equal(new VestibuleAnswer.Own(_id), Parse($"local {_id}"));
        Assert.Equal(new VestibuleAnswer.Done(_id), Parse($"done {_id}"));
        Assert.Equal(new VestibuleAnswer.Enter(_id, "+whoami"), Parse($"enter {_id} +whoami"));
        Assert.Equal(new VestibuleAnswer.Bad(_id, "not-tls"), Parse($"bad {_id} not-tls"));
        Assert.True(Assert.IsType<VestibuleAnswer.Ready>(Parse($"ready {_id}")).Facts.IsEmpty);
    }

    [Theory]
    [InlineData("SSL_PROTOCOL=TLSv1.3\0")]
    [InlineData("SSL_PROTOCOL=TLSv1.3\0SSL_CLIENT_S_DN=CN=Ada Lovelace, O=Example\0")]
    [InlineData("SSL_X=1\0")]
    public void Facts_about_TLS_are_passed_on_as_they_are(string facts) => Assert.Equal(
        facts, Encoding.ASCII.GetString(Assert.IsType<VestibuleAnswer.Ready>(Parse($"ready {_id}\0{facts}")).Facts.Span));

    [Fact]
    public void The_last_fact_may_end_with_the_message() => Assert.Equal(
        "SSL_A=1\0SSL_B=2\0", Encoding.ASCII.GetString(Assert.IsType<VestibuleAnswer.Ready>(Parse($"ready {_id}\0SSL_A=1\0SSL_B=2")).Facts.Span));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("local")]
    [InlineData("local ")]
    [InlineData("local 17")]
    [InlineData("local other-17")]
    [InlineData("local ID x")]
    [InlineData("local ID ")]
    [InlineData("local  ID")]
    [InlineData(" local ID")]
    [InlineData("local ID\n")]
    [InlineData("local ID\0")]
    [InlineData("LOCAL ID")]
    [InlineData("hello ID")]
    [InlineData("done ID 0")]
    [InlineData("bad ID")]
    [InlineData("bad ID ")]
    [InlineData("bad ID Word")]
    [InlineData("bad ID two words")]
    [InlineData("bad ID limit=x")]
    [InlineData("bad ID aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("enter ID")]
    [InlineData("enter ID two words")]
    [InlineData("enter ID b\x7f")]
    [InlineData("peer ID 203.0.113.7 4444 192.0.2.1")]
    [InlineData("peer ID 203.0.113.7 4444 192.0.2.1 80 ")]
    [InlineData("peer ID 203.0.113.7 4444 192.0.2.1 80 x")]
    [InlineData("peer ID 203.0.113.7 04444 192.0.2.1 80")]
    [InlineData("peer ID 203.0.113.7 65536 192.0.2.1 80")]
    [InlineData("peer ID 203.0.113.7 -1 192.0.2.1 80")]
    [InlineData("peer ID 203.0.113.7 +1 192.0.2.1 80")]
    [InlineData("peer ID 203.0.113.07 1 192.0.2.1 80")]
    [InlineData("peer ID 203.0.113 1 192.0.2.1 80")]
    [InlineData("peer ID 3405803783 1 192.0.2.1 80")]
    [InlineData("peer ID 0xcb.0.113.7 1 192.0.2.1 80")]
    [InlineData("peer ID 203.0.113.7 1 2001:db8::1 80")]
    [InlineData("peer ID [2001:db8::1] 1 2001:db8::2 80")]
    [InlineData("peer ID fe80::1%1 1 fe80::2 80")]
    [InlineData("peer ID host.example.org 1 192.0.2.1 80")]
    [InlineData("ready ID\0")]
    [InlineData("ready ID\0SSL_PROTOCOL\0")]
    [InlineData("ready ID\0SSL_PROTOCOL=\0")]
    [InlineData("ready ID\0SSL_=x\0")]
    [InlineData("ready ID\0PATH=/tmp\0")]
    [InlineData("ready ID\0LD_PRELOAD=/tmp/x.so\0")]
    [InlineData("ready ID\0SSL_CERT_FILE=/tmp/x\0")]
    [InlineData("ready ID\0SSL_CERT_DIR=/tmp\0")]
    [InlineData("ready ID\0ssl_protocol=x\0")]
    [InlineData("ready ID\0SSL_A=1\n\0")]
    [InlineData("ready ID\0SSL_A=1\0\0SSL_B=2\0")]
    [InlineData("ready ID \0SSL_A=1\0")]
    [InlineData("peer ID\0SSL_A=1\0")]
    public void Everything_else_is_no_answer(string text) => Assert.Null(Parse(text.Replace("ID", _id.ToString(), StringComparison.Ordinal)));

    [Fact]
    public void Facts_are_bounded_in_number_and_in_length()
    {
        Assert.NotNull(Parse($"ready {_id}\0{Facts(VestibuleAnswer.MostFacts)}"));
        Assert.Null(Parse($"ready {_id}\0{Facts(VestibuleAnswer.MostFacts + 1)}"));
        Assert.NotNull(Parse($"ready {_id}\0SSL_A={new string('x', VestibuleAnswer.LongestFacts - 7)}\0"));
        Assert.Null(Parse($"ready {_id}\0SSL_A={new string('x', VestibuleAnswer.LongestFacts - 6)}\0"));
    }

    [Fact]
    public void Whatever_bytes_come_nothing_is_thrown()
    {
        var random = new Random(20261127);
        byte[][] seeds =
        [
            Bytes($"peer {_id} 203.0.113.7 4444 192.0.2.1 80"), Bytes($"ready {_id}\0SSL_PROTOCOL=TLSv1.3\0SSL_CIPHER=X\0"),
            Bytes($"bad {_id} timeout"), Bytes($"enter {_id} whoami"), new byte[64],
        ];
        for (var round = 0; round < 100_000; round++)
        {
            var message = seeds[round % seeds.Length].ToArray();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                message[random.Next(message.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)" \0-.:=0"[random.Next(7)];
            }

            _ = VestibuleAnswer.Parse(message.AsSpan(random.Next(2) * random.Next(message.Length)));
        }
    }

    private static VestibuleAnswer? Parse(string text) => VestibuleAnswer.Parse(Bytes(text));

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Facts(int count) => string.Concat(Enumerable.Range(0, count).Select(number => $"SSL_{number}=x\0"));
}
