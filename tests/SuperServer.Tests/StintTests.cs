using System.Net.Sockets;
using SuperServer.Configuration;

namespace SuperServer.Tests;

/// <summary>A dispatcher that serves for a while only.</summary>
public sealed class StintTests
{
    private static readonly ServiceDefinition _sleeper = Some.Service with { Program = "/bin/sleep", Arguments = ["sleep", "60"] };

    [Fact]
    public void The_door_is_shut_behind_the_last_client_and_who_is_inside_may_finish()
    {
        using var loop = new SteppedLoop(new Stint { Clients = 2, IsPassing = true }, _sleeper);
        loop.Connect();
        loop.TurnUntil(1, "started for");
        Assert.Equal(0, loop.Count("no longer listening"));
        loop.Connect();
        loop.TurnUntil(1, "no longer listening");

        Assert.Throws<SocketException>(() => loop.Connect());
        Assert.False(loop.HasEnded);
    }

    [Fact]
    public void Nothing_is_left_on_the_disk()
    {
        using var loop = new SteppedLoop(new Stint { IsPassing = true }, _sleeper);
        loop.Turn();

        Assert.Empty(Directory.GetFileSystemEntries(loop.Folder));
    }

    [Fact]
    public void It_ends_when_the_last_client_has_gone()
    {
        using var loop = new SteppedLoop(new Stint { Clients = 1, IsPassing = true }, Some.Service);
        loop.Connect();

        loop.TurnUntil(() => loop.HasEnded, "end");

        Assert.Equal(1, loop.Count("ended: exit"));
    }
}
