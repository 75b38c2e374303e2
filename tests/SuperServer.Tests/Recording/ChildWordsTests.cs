using System.IO.Pipes;
using System.Text;
using Serilog.Events;
using SuperServer.Launching;
using SuperServer.Recording;

namespace SuperServer.Tests.Recording;

public sealed class ChildWordsTests : IDisposable
{
    private readonly AnonymousPipeServerStream _child = new(PipeDirection.Out);
    private readonly ChildWords _words;
    private readonly List<string> _lines = [];
    private readonly List<LogEventLevel> _levels = [];

    public ChildWordsTests() =>
        _words = new ChildWords("some", new ConnectionId(1), (int)_child.ClientSafePipeHandle.DangerousGetHandle());

    [Fact]
    public void Lines_are_cut_where_they_end_however_they_arrive()
    {
        Say("one\ntw");
        Say("o\r\n\nthree\n");

        Assert.Equal(["one", "two", "three"], _lines);
    }

    [Fact]
    public void What_is_left_without_an_end_is_said_when_the_pipe_closes()
    {
        Say("last words");
        _child.Dispose();

        Assert.False(Listen());
        Assert.Equal(["last words"], _lines);
    }

    [Fact]
    public void A_line_without_end_is_cut_and_nothing_of_it_is_lost()
    {
        for (var part = 0; part < 10; part++)
        {
            Say(new string('x', 1000));
        }

        _child.Dispose();
        Listen();

        Assert.Equal(10_000, _lines.Sum(line => line.Length));
        Assert.All(_lines, line => Assert.InRange(line.Length, 1, 4096));
    }

    [Fact]
    public void Control_characters_do_not_get_through()
    {
        Say("\u001b[31mred\u0007\n");

        Assert.Equal([@"\u001B[31mred\u0007"], _lines);
    }

    [Theory]
    [InlineData("<0>", LogEventLevel.Error)]
    [InlineData("<3>", LogEventLevel.Error)]
    [InlineData("<4>", LogEventLevel.Warning)]
    [InlineData("<5>", LogEventLevel.Information)]
    [InlineData("<6>", LogEventLevel.Information)]
    [InlineData("<7>", LogEventLevel.Debug)]
    public void A_line_may_begin_with_its_level(string prefix, LogEventLevel level)
    {
        Say($"{prefix}hot\nplain\n");

        Assert.Equal(["hot", "plain"], _lines);
        Assert.Equal([level, LogEventLevel.Information], _levels);
    }

    [Theory]
    [InlineData("<8>no")]
    [InlineData("<33>no")]
    [InlineData("<3")]
    [InlineData(" <3>no")]
    [InlineData("<x>no")]
    public void What_is_no_level_is_part_of_the_line(string line)
    {
        Say(line + "\n");

        Assert.Equal([line], _lines);
        Assert.Equal([LogEventLevel.Information], _levels);
    }

    [Fact]
    public void The_rest_of_a_line_that_was_cut_has_the_level_of_its_beginning()
    {
        Say("<4>" + new string('x', 4000));
        Say(new string('x', 93) + "<0>tail\n<3>next\n");

        Assert.Equal(["<0>tail", "next"], _lines[1..]);
        Assert.Equal([LogEventLevel.Warning, LogEventLevel.Warning, LogEventLevel.Error], _levels);
    }

    public void Dispose()
    {
        _child.ClientSafePipeHandle.SetHandleAsInvalid();   // the words own the descriptor
        _words.Dispose();
        _child.Dispose();
    }

    private void Say(string text)
    {
        _child.Write(Encoding.UTF8.GetBytes(text));
        Assert.True(Listen());
    }

    private bool Listen() => _words.Listen((_, level, line) =>
    {
        _lines.Add(line);
        _levels.Add(level);
    });
}
