using SuperServer.Handlers;
using SuperServer.Handlers.Testing;

namespace Greeter.Tests;

/// <summary>Talks to the handler over a pair of sockets, as a client does: no daemon and no port is needed.</summary>
public sealed class TalkTests
{
    [Fact]
    public async Task Who_says_a_name_is_greeted()
    {
        await using var visit = HandlerHarness.Start(Talk.With, new GreeterOptions { Greeting = "Good day" });

        Assert.Equal("What is your name?\r\nGood day, Ada!\r\n", await visit.Exchange("Ada\r\n"));
        Assert.Equal(ExitCode.Done, await visit.Ended);
    }

    [Fact]
    public async Task What_could_steer_a_terminal_is_not_repeated()
    {
        await using var visit = HandlerHarness.Start(Talk.With, new GreeterOptions());

        Assert.EndsWith("Hello, Ada2J!\r\n", await visit.Exchange("Ada\e[2J\n"));
    }

    [Fact]
    public async Task Who_says_nothing_is_not_waited_for()
    {
        await using var visit = HandlerHarness.Start(Talk.With, new GreeterOptions { Patience = TimeSpan.FromMilliseconds(20) });

        Assert.Equal("What is your name?\r\n", await visit.ReadToEnd());
        Assert.Equal(["warning: said nothing in time"], visit.Log);
    }
}
