using System.Text;
using SuperServer.Configuration;
using SuperServer.Configuration.Toml;

namespace SuperServer.Tests.Configuration.Toml;

/// <summary>What may define what in a TOML file, after the specification's chapters on keys and tables.</summary>
public sealed class TomlTreeTests
{
    [Theory]
    [InlineData("a = 1\nb.c = 2\nb.d = 3")]
    [InlineData("[a.b]\nx = 1\n[a]\ny = 2")]
    [InlineData("[a]\nb.c = 1\n[a.b.d]\nx = 1")]
    [InlineData("[[a]]\nx = 1\n[[a]]\nx = 1")]
    [InlineData("[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nx = 1")]
    [InlineData("[a.b]\n[[a.c]]")]
    [InlineData("a = { b.c = 1, b.d = 2 }")]
    [InlineData("\"a.b\" = 1\na.b = 2")]
    [InlineData("")]
    public void These_are_fine(string text) => Assert.Empty(Problems(text));

    [Theory]
    [InlineData("a = 1\na = 2", "2:1: 'a' is set twice; the first is at line 1")]
    [InlineData("a = 1\n\"a\" = 2", "2:1: 'a' is set twice; the first is at line 1")]
    [InlineData("a = 1\n[a]", "2:1: [a] is already the number 1, set at line 1")]
    [InlineData("a = 1\n[a.b]", "2:2: 'a' is already the number 1, set at line 1")]
    [InlineData("a = 1\na.b = 2", "2:1: 'a' is already the number 1, set at line 1")]
    [InlineData("a = 1\n[[a]]", "2:1: [[a]] is already the number 1, set at line 1")]
    [InlineData("[a]\n[a]", "2:1: table [a] is written twice; the first is at line 1")]
    [InlineData("[a.b]\n[a]\n[a]", "3:1: table [a] is written twice; the first is at line 2")]
    [InlineData("[a]\nb.c = 1\n[a.b]", "3:1: table [a.b] is written twice; the first is at line 2")]
    [InlineData("[a.b]\nx = 1\n[a]\nb.y = 2", "4:1: 'b' is already a table, set at line 1")]
    [InlineData("a = { b = 1 }\n[a.c]", "2:2: 'a' is already a table, set at line 1")]
    [InlineData("a = { b = 1 }\na.c = 1", "2:1: 'a' is already a table, set at line 1")]
    [InlineData("a = { b = 1, b = 2 }", "1:14: 'b' is set twice; the first is at line 1")]
    [InlineData("a = []\n[[a]]", "2:1: [[a]] is already a list, set at line 1")]
    [InlineData("a = [{}]\n[a.b]", "2:2: 'a' is already a list, set at line 1")]
    [InlineData("[[a]]\n[a]", "2:1: [a] is already tables, set at line 1")]
    [InlineData("[a]\n[[a]]", "2:1: [[a]] is already a table, set at line 1")]
    [InlineData("[t]\nx.y = 1\n[[t.x]]", "3:1: [[t.x]] is already a table, set at line 2")]
    public void These_are_defined_more_than_once(string text, string problem) => Assert.Equal([problem], Problems(text));

    [Fact]
    public void A_table_that_may_not_be_there_does_not_make_each_of_its_keys_a_mistake() =>
        Assert.Single(Problems("[a]\nx = 1\n[a]\nx = 2\ny = 3"));

    [Fact]
    public void Every_kind_of_value_keeps_its_place()
    {
        var map = Parse("a = \"x\"\n  b = 7\nc = true\nd = 1.5\ne = 2026-11-23\nf = [1, 2]\ng = { h = '''y''' }", []);

        Assert.Equal("x", Assert.IsType<TomlText>(map.Find("a")!.Value).Value);
        Assert.Equal(new Place("f.toml", 1, 5), map.Find("a")!.Value.Place);
        Assert.Equal(7, Assert.IsType<TomlNumber>(map.Find("b")!.Value).Value);
        Assert.Equal(new Place("f.toml", 2, 3), map.Find("b")!.Place);
        Assert.Equal(new Place("f.toml", 2, 7), map.Find("b")!.Value.Place);
        Assert.True(Assert.IsType<TomlFlag>(map.Find("c")!.Value).Value);
        Assert.Equal(1.5, Assert.IsType<TomlFraction>(map.Find("d")!.Value).Value);
        Assert.Equal("2026-11-23", Assert.IsType<TomlMoment>(map.Find("e")!.Value).Value);
        Assert.Equal([5, 8], Assert.IsType<TomlList>(map.Find("f")!.Value).Items.Select(item => item.Place.Column - 1));
        Assert.Equal("y", Assert.IsType<TomlText>(Assert.IsType<TomlMap>(map.Find("g")!.Value).Find("h")!.Value).Value);
    }

    [Fact]
    public void A_byte_order_mark_is_no_mistake()
    {
        var problems = new List<Problem>();

        Assert.NotNull(TomlFile.Parse("f.toml", [.. Encoding.UTF8.Preamble, .. "a = 1"u8], problems));
        Assert.Empty(problems);
    }

    private static string[] Problems(string text)
    {
        var problems = new List<Problem>();
        _ = Parse(text, problems);
        return [.. problems.Select(problem => $"{problem.Place.Line}:{problem.Place.Column}: {problem.Message}")];
    }

    private static TomlMap Parse(string text, ICollection<Problem> problems) => TomlFile.Parse("f.toml", Encoding.UTF8.GetBytes(text), problems)!;
}
