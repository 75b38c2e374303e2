using System.IO.Pipes;
using System.Text;
using SuperServer.Launching;
using SuperServer.Recording;

namespace SuperServer.Tests.Recording;

public sealed class ChildWordsTests : IDisposable
{
    private readonly AnonymousPipeServerStream _child = new(PipeDirection.Out);
    private readonly ChildWords _words;
    private readonly List<string> _lines = [];

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

    private bool Listen() => _words.Listen((_, line) => _lines.Add(line));
}
