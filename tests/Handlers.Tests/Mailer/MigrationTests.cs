using System.Globalization;
using Microsoft.Data.Sqlite;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class MigrationTests : IDisposable
{
    private const string FirstVersion = """
        INSERT INTO event (seq, id, lane, ref, service, proto, src, net, dst_port, at, peer, action, ignored, taken_at) VALUES
            (1, 'a', '1000', 'AAAAAA', 'telnet', 'tcp', '203.0.113.7', 'outside', 23, 1000, 'getpeername', 'message', 0, 1000),
            (2, 'b', '1000', 'BBBBBB', 'telnet', 'tcp', '203.0.113.7', 'outside', 23, 2000, 'getpeername', 'message', 1, 2000),
            (3, 'c', '1000', 'CCCCCC', 'telnet', 'tcp', '10.1.2.3', 'inside', 23, 3000, 'getpeername', 'message', 0, 3000),
            (4, 'd', '1000', 'DDDDDD', 'ssh', 'tcp', '203.0.113.9', 'outside', 22, 4000, 'getpeername', 'close', 0, 4000);
        INSERT INTO segment_cursor VALUES ('1000', 5, 6, 700, 0);
        INSERT INTO counter VALUES ('next_seq', 5), ('composed', 2), ('damaged', 3);
        INSERT INTO outbox (message_id, kind, first_seq, last_seq, made_at, message, next_try, sent_at) VALUES
            ('m1', 'First', 1, 1, 1500, NULL, 1500, 1600), ('m2', 'Digest', 2, 2, 2500, x'01', 2500, NULL);
        INSERT INTO recipient VALUES (1, 'a@example.org', 'sent', NULL), (2, 'a@example.org', 'waiting', NULL);
        INSERT INTO stream VALUES (1, 'Holding', 2, 9000, 2000, 2500);
        INSERT INTO notice (at, text) VALUES (100, 'a notice');
        INSERT INTO name VALUES ('203.0.113.7', 'Confirmed', 'a.example', 9223372036854775807);
        PRAGMA user_version = 1;
        """;

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_store_of_the_first_version_loses_nothing()
    {
        Make(Schema.Steps[0] + FirstVersion);

        var store = _workshop.Store;
        var pending = store.Pending();
        Assert.Equal((3, 4, 2, 1), (pending.First, pending.Last, pending.Connections, pending.Inside));
        Assert.Equal((3, "a notice"), (pending.Damaged, Assert.Single(pending.Notices)));
        Assert.Equal(1, store.Waiting);
        Assert.Equal(("m2", 1), Parcel(store));
        Assert.Equal((Phase.Holding, 2, 9000), Stream(store));
        Assert.True(store.HasPendingOf(StreamClass.Inside));
    }

    [Fact]
    public void The_sum_of_a_store_of_the_first_version_comes_out_even()
    {
        Make(Schema.Steps[0] + FirstVersion);

        Assert.Equal(new Identity(Mailed: 1, Lost: 0, Ignored: 1, Pending: 2, HighestSequence: 4, Coarse: 0), _workshop.Store.Identity());
    }

    [Fact]
    public void An_empty_store_of_the_first_version_is_an_empty_one()
    {
        Make(Schema.Steps[0] + "PRAGMA user_version = 1;");

        Assert.True(_workshop.Store.Identity().Holds);
        Assert.False(_workshop.Store.HasPending);
    }

    [Fact]
    public void A_store_of_the_second_version_tells_its_feeds_what_comes_from_now_on()
    {
        Make(Schema.Steps[0] + FirstVersion + Schema.Steps[1] + "PRAGMA user_version = 2;");

        var store = _workshop.Store;
        store.DeclareFeeds(["event_log"], new House("web1", null));
        _workshop.Touch();
        _workshop.NewIntake().TakeIn();
        new Chronicler(store, new NameDesk(store, null), _workshop.Clock).Turn(hurry: true);

        Assert.Contains("\"seq\":5,", Assert.Single(store.LinesFor("event_log", 10)).Json, StringComparison.Ordinal);
        Assert.Equal(("m2", 1), Parcel(store));
        Assert.True(store.Identity().Holds);
    }

    private static (string, int) Parcel(Store store)
    {
        var mail = Assert.Single(store.DueMails());
        return (mail.MessageId, mail.Recipients.Count);
    }

    private static (Phase, int, int) Stream(Store store)
    {
        var stream = store.StreamOf(StreamId.Outside)!;
        return (stream.Phase, stream.Step, int.Parse($"{stream.Due.ToUnixTimeMilliseconds()}", CultureInfo.InvariantCulture));
    }

    private void Make(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_workshop.StorePath}/alerts.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
