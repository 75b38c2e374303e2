using System.Text;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class LineCutterTests
{
    [Fact]
    public void A_line_without_its_end_is_left_for_later()
    {
        var (lines, cut) = Cut("one\ntwo");

        Assert.Equal(["one"], lines);
        Assert.Equal(new LineCutter.Cut(4, 0, false), cut);
    }

    [Fact]
    public void Empty_lines_are_no_lines()
    {
        var (lines, cut) = Cut("\n\none\n\n");

        Assert.Equal(["one"], lines);
        Assert.Equal(7, cut.Consumed);
    }

    [Fact]
    public void A_line_of_the_longest_length_is_taken_and_one_longer_is_counted()
    {
        var longest = new string('x', LineCutter.LongestLine);

        Assert.Equal([longest], Cut($"{longest}\n").Lines);
        var (lines, cut) = Cut($"{longest}x\nnext\n");
        Assert.Equal(["next"], lines);
        Assert.Equal(1, cut.Overlong);
    }

    [Fact]
    public void An_overlong_line_is_thrown_away_as_it_comes_and_counted_once()
    {
        var (none, first) = Cut(new string('x', LineCutter.LongestLine + 1));
        var (still, second) = Cut("xxxx", first.Skipping);
        var (lines, third) = Cut("xx\nnext\n", second.Skipping);

        Assert.Empty(none);
        Assert.Empty(still);
        Assert.Equal(["next"], lines);
        Assert.Equal(new LineCutter.Cut(LineCutter.LongestLine + 1, 1, true), first);
        Assert.Equal(new LineCutter.Cut(4, 0, true), second);
        Assert.Equal(new LineCutter.Cut(8, 0, false), third);
    }

    private static (List<string> Lines, LineCutter.Cut Cut) Cut(string text, bool skipping = false)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        var cut = LineCutter.Into(lines, Encoding.ASCII.GetBytes(text), skipping);
        return ([.. lines.Select(line => Encoding.ASCII.GetString(line.Span))], cut);
    }
}
