using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using SuperServer.Configuration;
using SuperServer.Tests.Configuration;

namespace SuperServer.Tests;

/// <summary>Whom a tripwire never saw is counted, and recorded by a task: in the loop, on a clock that only the test moves.</summary>
public sealed class ShedTests
{
    private const string Missed = "could not be recorded";

    [Fact]
    public void Those_who_are_turned_away_in_one_second_are_one_record_of_all_of_them()
    {
        using var loop = Loop(Tripwire with { Limits = OneAtATime });
        Flood(loop, 20);

        loop.Clock.Advance(TimeSpan.FromSeconds(1));
        var record = Assert.Single(Records(loop, 1));

        Assert.Equal((19, 1, "max_connections"), Facts(record));
        Assert.Equal("some", record.GetProperty("svc").GetString());
    }

    [Fact]
    public void Whom_the_rules_refuse_has_touched_the_wire_all_the_same()
    {
        using var loop = Loop(Tripwire with { Access = SomeRules("[\"127.0.0.0/8\"]") });
        Flood(loop, 3);

        loop.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((3, 1, "deny"), Facts(Assert.Single(Records(loop, 1))));
    }

    [Fact]
    public void A_client_whose_child_cannot_be_started_is_counted()
    {
        using var loop = Loop(Tripwire with { Program = "/nonexistent/program" });
        loop.Connect();
        loop.TurnUntil(1, "could not be started");

        loop.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((1, 1, "exec"), Facts(Assert.Single(Records(loop, 1))));
    }

    [Fact]
    public void A_child_that_could_record_its_visitor_nowhere_leaves_the_count_to_the_daemon()
    {
        using var loop = Loop(Tripwire with { Program = "/bin/sh", Arguments = ["sh", "-c", "exit 75"] });
        loop.Connect();
        loop.TurnUntil(1, "ended: exit");

        loop.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((1, 1, "unrecorded"), Facts(Assert.Single(Records(loop, 1))));
    }

    [Fact]
    public void What_could_not_be_recorded_is_recorded_later_with_the_same_key_and_nothing_of_it_is_lost()
    {
        using var loop = Loop(Tripwire with { Limits = OneAtATime }, "exit 75");
        Flood(loop, 5);
        loop.Clock.Advance(TimeSpan.FromSeconds(1));
        loop.TurnUntil(1, Missed);
        WriteTask(loop.Folder, "");

        loop.Clock.Advance(TimeSpan.FromSeconds(10));
        var records = Records(loop, 2);

        Assert.Equal(records[0].ToString(), records[1].ToString());
        Assert.Equal((4, 1, "max_connections"), Facts(records[1]));
    }

    [Fact]
    public void The_count_is_kept_as_long_as_the_task_cannot_be_started()
    {
        using var loop = Loop(Tripwire with { Limits = OneAtATime });
        File.Delete(Path.Combine(loop.Folder, "superserver-handlers"));
        Flood(loop, 5);
        loop.Clock.Advance(TimeSpan.FromSeconds(1));
        loop.TurnUntil(1, Missed);
        WriteTask(loop.Folder, "");

        loop.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal((4, 1, "max_connections"), Facts(Assert.Single(Records(loop, 1))));
    }

    [Fact]
    public void A_service_that_is_no_tripwire_has_nothing_to_record()
    {
        using var loop = Loop(Tripwire with { Limits = OneAtATime, RecordsAlerts = false });
        Flood(loop, 5);

        loop.Clock.Advance(TimeSpan.FromSeconds(2));
        loop.Turn();

        Assert.Equal(0, loop.Count(Missed));
        Assert.False(File.Exists(Path.Combine(loop.Folder, "records")));
    }

    private static ServiceDefinition Tripwire => Some.Service with { Program = "/bin/sleep", Arguments = ["sleep", "20"], RecordsAlerts = true };

    private static ServiceLimits OneAtATime => new() { MaxConnections = new Limit(1, null), Overflow = Overflow.Close };

    private static AccessRules SomeRules(string deny) => SomeMachine.Root.ReadService($"""
        [service.some]
        listen = "tcp:7"
        exec = ["/bin/cat"]
        deny = {deny}
        """).Access;

    private static SteppedLoop Loop(ServiceDefinition service, string task = "") => new(folder =>
    {
        WriteTask(folder, task);
        return [service with { Environment = [new("SUPERSERVER_SPOOL", folder)] }];
    });

    // In place of superserver-handlers: what it is told is a line of a file.
    private static void WriteTask(string folder, string rest)
    {
        var task = Path.Combine(folder, "superserver-handlers");
        File.WriteAllText(task + ".new", $"#!/bin/sh\n[ \"$1\" = shed ] && echo \"$SUPERSERVER_SHED\" >>\"$SUPERSERVER_SPOOL/records\"\n{rest}\n");
        File.SetUnixFileMode(task + ".new", (UnixFileMode)0b111_101_101);
        File.Move(task + ".new", task, overwrite: true);
    }

    // All of them have been accepted, and but for those who are served, closed.
    private static void Flood(SteppedLoop loop, int clients)
    {
        var sockets = Enumerable.Range(0, clients).Select(_ => loop.Connect()).ToList();
        loop.TurnUntil(() => sockets.Count(IsClosed) + loop.Count("started for") >= clients, "end of the flood");
    }

    private static bool IsClosed(Socket socket) => socket.Poll(0, SelectMode.SelectRead);

    private static List<JsonElement> Records(SteppedLoop loop, int count)
    {
        var file = Path.Combine(loop.Folder, "records");
        loop.TurnUntil(() => File.Exists(file) && File.ReadAllLines(file).Length >= count, $"{count} records");
        return [.. File.ReadAllLines(file).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static (long Connections, int Sources, string Why) Facts(JsonElement record) => (
        record.GetProperty("n").GetInt64(), record.GetProperty("srcs").GetInt32(),
        record.GetProperty("why").GetString()!.ToString(CultureInfo.InvariantCulture));
}
