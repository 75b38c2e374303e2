using SuperServer.Configuration;

namespace SuperServer.Tests.Configuration;

/// <summary>Guessing words, and showing them.</summary>
public sealed class WordsTests
{
    [Theory]
    [InlineData("usr", "user")]
    [InlineData("uesr", "user")]
    [InlineData("User", "user")]
    [InlineData("grop", "group")]
    [InlineData("max_conections", "max_connections")]
    [InlineData("colour", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void A_word_that_is_near_enough_is_meant(string word, string? meant) =>
        Assert.Equal(meant, Spelling.Nearest(word, ["group", "groups", "max_connections", "user"]));

    [Fact]
    public void The_nearest_is_meant_and_of_equals_the_first_of_the_alphabet()
    {
        Assert.Equal("groups", Spelling.Nearest("grroups", ["group", "groups"]));
        Assert.Equal("time", Spelling.Nearest("tine", ["tire", "time"]));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Grüße 💥", "Grüße 💥")]
    [InlineData("a\u001b[31mb", "a\\u001B[31mb")]
    [InlineData("a\nb\tc\0", "a\\u000Ab\\u0009c\\u0000")]
    [InlineData("\u202Egpj.exe", "\\u202Egpj.exe")]
    [InlineData("a\u2028b\u200Bc\u0085", "a\\u2028b\\u200Bc\\u0085")]
    public void Nothing_shown_can_command_a_terminal(string text, string shown) => Assert.Equal(shown, Printable.Escaped(text));

    [Fact]
    public void Half_a_character_is_shown_as_none() => Assert.Equal("\\uFFFD", Printable.Escaped("\uD800"));

    [Fact]
    public void A_long_text_is_cut_where_it_is_quoted() => Assert.Equal($"'{new string('x', 79)}…'", Printable.Quoted(new string('x', 81)));
}
