using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class CleanTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("a\r\nBcc: x", "a\\u{d}\\u{a}Bcc: x")]
    [InlineData("\u001b[31m", "\\u{1b}[31m")]
    [InlineData("\u202egnp.exe", "\\u{202e}gnp.exe")]
    [InlineData("\ud83d\ude00", "\\u{1f600}")]
    [InlineData(null, "")]
    public void Only_printable_ascii_stays(string? text, string clean) => Assert.Equal(clean, Clean.Text(text, 100));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("\\u{fffd}", Clean.Text("\ud83d", 100));

    [Fact]
    public void Text_is_cut_with_a_sign_that_it_was() => Assert.Equal("abc...", Clean.Text("abcdefghij", 6));

    [Theory]
    [InlineData("b\u00fccher \u66f8 \ud83d\ude00", "b\u00fccher \u66f8 \ud83d\ude00")]
    [InlineData("a\u202eb\u200bc\u2028d\u00a0e\u001bf\ue000", "a\\u{202e}b\\u{200b}c\\u{2028}d\\u{a0}e\\u{1b}f\\u{e000}")]
    public void What_the_administrator_chose_keeps_its_script_but_nothing_invisible(string text, string clean) =>
        Assert.Equal(clean, Clean.Chosen(text, 100));

    [Fact]
    public void A_cut_does_not_halve_a_character() => Assert.Equal("a...", Clean.Chosen("a\ud83d\ude00bcdefghij", 5));

    [Fact]
    public void Bytes_are_text_where_they_are_and_hexadecimal_where_not() =>
        Assert.Equal(@"SSH-2.0-Go\r\n\\\xff\x00\x1b", Clean.Bytes([.. "SSH-2.0-Go\r\n\\"u8, 0xff, 0, 0x1b], 100));
}
