using System.Text;
using SuperServer.Handlers.Connect;

namespace SuperServer.Handlers.Tests.Connect;

/// <summary>What a stranger sends does nothing to a terminal.</summary>
public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain text\tand a tab\n", "plain text\tand a tab\n")]
    [InlineData("line\r\nline\r\n", "line\nline\n")]
    [InlineData("over\rwritten", "over\\rwritten")]
    [InlineData("\u001b[2J\a\b\0\u007f", "^[[2J^G^H^@^?")]
    [InlineData("é – 日本", "é – 日本")]
    [InlineData("\u009b2J", "\\u009B2J")]
    [InlineData("user\u202egnp.exe", "user\\u202Egnp.exe")]
    [InlineData("\u2028", "\\u2028")]
    public void Only_what_can_be_read_is_shown_as_it_is(string sent, string shown) => Assert.Equal(shown, Whole(Encoding.UTF8.GetBytes(sent)));

    [Fact]
    public void What_is_no_text_is_shown_in_numbers() => Assert.Equal("a\\xFF\\xC3(", Whole([(byte)'a', 0xff, 0xc3, (byte)'(']));

    [Fact]
    public void A_character_that_comes_in_two_parts_is_waited_for()
    {
        var visible = new VisibleText();

        Assert.Equal("caf", visible.Of([(byte)'c', (byte)'a', (byte)'f', 0xc3]));
        Assert.Equal("é", visible.Of([0xa9]));
        Assert.Equal("a", visible.Of("a\r"u8));
        Assert.Equal("\nb", visible.Of("\nb\r"u8));
        Assert.Equal("\\r", visible.Rest());
    }

    [Fact]
    public void What_was_waited_for_and_did_not_come_is_shown_at_the_end()
    {
        var visible = new VisibleText();

        Assert.Equal("", visible.Of([0xe2, 0x82]));
        Assert.Equal("\\xE2\\x82", visible.Rest());
        Assert.Equal("", visible.Rest());
    }

    private static string Whole(byte[] bytes)
    {
        var visible = new VisibleText();
        return visible.Of(bytes) + visible.Rest();
    }
}
