using SuperServer.Control;

namespace SuperServer.Tests.Control;

public sealed class StatusTableTests
{
    private static readonly ServiceReport _service = new()
    {
        Name = "echo",
        State = "online",
        Mode = "pool",
        Endpoints = ["tcp:0.0.0.0:7"],
        Connections = 3,
        MaxConnections = 256,
        Children = [Child(4711), Child(4711), Child(4712)],
        Served = 12345,
        Refused = 6,
    };

    [Fact]
    public void Every_column_is_as_wide_as_its_widest_value() =>
        Assert.Equal(
            [
                "SERVICE    STATE            MODE    ENDPOINT                     NOW/MAX  CHILDREN  SERVED  REFUSED  WHY",
                "echo       online           pool    tcp:0.0.0.0:7                3/256    2         12345   6        ",
                "long-name  backing-off 59s  nowait  tcp:127.0.0.1:1,tcp:[::1]:1  0/1      0         0       0        it failed",
            ],
            StatusTable.Lines(
            [
                _service,
                new ServiceReport
                {
                    Name = "long-name", State = "backing-off", Seconds = 59, Why = "it failed", Mode = "nowait",
                    Endpoints = ["tcp:127.0.0.1:1", "tcp:[::1]:1"], Connections = 0, MaxConnections = 1, Children = [], Served = 0, Refused = 0,
                },
            ]));

    [Fact]
    public void Connections_of_one_worker_are_one_child() =>
        Assert.Contains("  2         12345", StatusTable.Lines([_service]).Last(), StringComparison.Ordinal);

    [Fact]
    public void Without_services_there_is_the_head() => Assert.Single(StatusTable.Lines([]));

    [Fact]
    public void What_could_play_tricks_on_a_terminal_is_escaped() =>
        Assert.DoesNotContain(
            StatusTable.Lines([_service with { Why = "\u001b[2J\n", Endpoints = ["unix:/run/\u001b[31m"] }]),
            line => line.Any(char.IsControl));

    private static ChildReport Child(int pid) => new() { Connection = "k3f9-7", Pid = pid, Age = 1 };
}
