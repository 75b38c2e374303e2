using Serilog;
using Serilog.Core;
using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Launching;
using SuperServer.Reaping;
using SuperServer.Recording;

namespace SuperServer.Tests.Recording;

public sealed class JournalTests
{
    private readonly CollectingSink _sink = new();
    private readonly StoppedClock _clock = new();
    private readonly LoggingLevelSwitch _level = new();
    private readonly Journal _journal;

    public JournalTests() => _journal = new Journal(
        new LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(_sink).CreateLogger(), _level, _clock);

    private Child SomeChild(Peer? peer) => new(new ConnectionId(7), pid: 4711, pidFd: -1, peer, _clock, TimeSpan.Zero);

    private static Arrival Arrival => new(3, Peer.Internet(new SocketName(InternetAddress.FromV4(0xc0000207), 40112)), default);

    [Fact]
    public void One_id_goes_through_all_lines_of_a_connection()
    {
        var child = SomeChild(Arrival.Peer);

        _journal.Started(Some.Service, child.Id, child.Pid, Arrival);
        _journal.Ended(Some.Service, child.Id, child.Pid, new Ending(0, null, TimeSpan.FromSeconds(1.5)));

        Assert.Equal(2, _sink.Events.Count);
        Assert.All(_sink.Events, line => Assert.Equal($"\"{child.Id}\"", line.Properties["Connection"].ToString()));
    }

    [Fact]
    public void An_ending_by_a_signal_names_the_signal()
    {
        var child = SomeChild(peer: null);

        _journal.Ended(Some.Service, child.Id, child.Pid, new Ending(null, 9, TimeSpan.FromSeconds(1)));

        Assert.EndsWith("ended by signal 9 after 1 s (pid 4711)", Assert.Single(_sink.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_refusals_is_summed_up_in_one_line()
    {
        for (var client = 0; client < 1000; client++)
        {
            _journal.Refused(Some.Service, new ConnectionId(client), Arrival, new Refusal("max_connections", "max=1", null));
        }

        Assert.True(_journal.SettleFloods());
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(_journal.SettleFloods());

        Assert.Equal(21, _sink.Events.Count);
        Assert.EndsWith("980 more \"refusals\" in the last 10 s", _sink.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_services_flood_does_not_silence_another()
    {
        for (var client = 0; client < 100; client++)
        {
            _journal.Refused(Some.Service, new ConnectionId(client), Arrival, new Refusal("max_connections", "max=1", null));
        }

        _journal.Refused(
            Some.Service with { Name = "other" }, new ConnectionId(101), Arrival, new Refusal("max_connections", "max=1", null));

        Assert.StartsWith("\"other\"", _sink.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_level_can_change_while_the_daemon_runs()
    {
        _journal.SetLevel(LogLevel.Error);
        _journal.Stopping();

        Assert.Empty(_sink.Events);
    }
}
