using System.Text;
using CsCheck;
using SuperServer.Recording;

namespace SuperServer.Tests.Recording;

public sealed class StrangerTextTests
{
    [Theory]
    [InlineData("plain text, 42%", "plain text, 42%")]
    [InlineData("Grüße, 世界", "Grüße, 世界")]
    [InlineData("a\nb\rc", @"a\u000Ab\u000Dc")]
    [InlineData("\u001b[2J", @"\u001B[2J")]
    [InlineData("\u0085\u009b", @"\u0085\u009B")]
    [InlineData("\u202egpj.exe", @"\u202Egpj.exe")]
    [InlineData("\u2028", @"\u2028")]
    [InlineData("\u007f\0", @"\u007F\u0000")]
    public void What_could_move_the_cursor_or_forge_a_line_is_shown_instead(string text, string expected) =>
        Assert.Equal(expected, StrangerText.Escape(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_that_are_not_UTF8_are_shown_one_by_one() =>
        Assert.Equal(@"a\xff\xc3b", StrangerText.Escape([(byte)'a', 0xff, 0xc3, (byte)'b']));

    [Fact]
    public void No_bytes_at_all_make_a_control_character() =>
        Gen.Byte.Array[0, 64].Sample(bytes => !StrangerText.Escape(bytes).Any(char.IsControl));

    [Fact]
    public void An_escaped_text_needs_no_second_escape() =>
        Gen.String.Sample(text =>
        {
            var once = StrangerText.Escape(Encoding.UTF8.GetBytes(text));
            return StrangerText.Escape(Encoding.UTF8.GetBytes(once)) == once;
        });
}
