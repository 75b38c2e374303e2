using System.Text;
using SuperServer.Handlers.Connect;

namespace SuperServer.Handlers.Tests.Connect;

/// <summary>What telnet negotiates is no text.</summary>
public sealed class TelnetTests
{
    [Theory]
    [InlineData(new byte[] { 255, 251, 1 }, "server offers ECHO (refused)", new byte[] { 255, 254, 1 })]
    [InlineData(new byte[] { 255, 253, 24 }, "server demands TERMINAL-TYPE (refused)", new byte[] { 255, 252, 24 })]
    [InlineData(new byte[] { 255, 252, 3 }, "server will not SUPPRESS-GO-AHEAD", new byte[0])]
    [InlineData(new byte[] { 255, 254, 200 }, "server wants no option 200", new byte[0])]
    [InlineData(new byte[] { 255, 250, 24, 1, 255, 240 }, "server says 1 bytes about TERMINAL-TYPE", new byte[0])]
    [InlineData(new byte[] { 255, 241 }, "server sends command 241", new byte[0])]
    public void Every_command_is_told_and_every_offer_refused(byte[] sent, string words, byte[] answer)
    {
        var (text, said, refused) = new Telnet().Take([.. "a"u8, .. sent, .. "b"u8]);

        Assert.Equal("ab", Encoding.ASCII.GetString(text));
        Assert.Equal([words], said);
        Assert.Equal(answer, refused);
    }

    [Fact]
    public void A_byte_of_255_is_sent_twice_and_shown_once() => Assert.Equal([1, 255, 2], new Telnet().Take([1, 255, 255, 2]).Text);

    [Fact]
    public void A_command_that_comes_in_parts_is_waited_for()
    {
        var telnet = new Telnet();
        foreach (byte part in (byte[])[255, 250, 31, 255, 255])
        {
            Assert.Equal([], telnet.Take([part]).Text);
        }

        Assert.Empty(telnet.Take([255]).Words);
        Assert.Single(telnet.Take([240]).Words);
        Assert.Equal("x"u8.ToArray(), telnet.Take("x"u8).Text);
    }
}
