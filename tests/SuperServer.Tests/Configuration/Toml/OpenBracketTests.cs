using SuperServer.Configuration.Toml;

namespace SuperServer.Tests.Configuration.Toml;

/// <summary>Where the bracket stands that was never closed.</summary>
public sealed class OpenBracketTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("a = [1, 2]", null)]
    [InlineData("a = [", 4)]
    [InlineData("a = [[1], [2", 10)]
    [InlineData("a = { b = [1] ", 4)]
    [InlineData("] [", 2)]
    [InlineData("a = \"[\"", null)]
    [InlineData("a = \"\\\"[\"", null)]
    [InlineData("a = \"\\\\\" [", 9)]
    [InlineData("a = '\\' [", 8)]
    [InlineData("a = '[' # [", null)]
    [InlineData("a = \"open\n[", 10)]
    [InlineData("a = \"\"\"\n[ \" \"\"\" [", 16)]
    [InlineData("a = '''[", null)]
    [InlineData("# [\n[", 4)]
    [InlineData("a = \"\\", null)]
    public void It_is_found(string text, int? offset) => Assert.Equal(offset, OpenBracket.Before(text, text.Length));

    [Fact]
    public void Only_what_comes_before_counts() => Assert.Null(OpenBracket.Before("a = 1 [", 5));
}
