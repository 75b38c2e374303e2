using Microsoft.Data.Sqlite;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class StoreTests : IDisposable
{
    private static readonly SavedStream _anyStream = new(Phase.Holding, 2, ManualClock.Start, ManualClock.Start, ManualClock.Start);

    private readonly Workshop _workshop = new();

    private Store Store => _workshop.Store;

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void Numbers_have_no_gaps_whatever_is_taken_in_twice()
    {
        var touches = Enumerable.Range(0, 5).Select(_ => Workshop.SomeTouch()).ToArray();
        Assert.Equal(3, TakeIn(touches[..3]));
        Assert.Equal(2, TakeIn(touches));
        Assert.Equal(0, TakeIn(touches));

        var pending = Store.Pending();
        Assert.Equal((1, 5, 5), (pending.First, pending.Last, pending.Held));
        Assert.True(pending.IsComplete);
    }

    [Fact]
    public void An_end_completes_its_touch()
    {
        var touch = Workshop.SomeTouch();
        TakeIn(touch, Workshop.EndOf(touch));

        var ending = Store.Pending().Only!.Ending!;
        Assert.Equal((TimeSpan.FromMilliseconds(412), "peer-closed", 12), (ending.Duration, ending.Why, ending.BytesIn));
        Assert.Equal([0xff, 0xfd, 0x03], ending.Bytes);
    }

    [Fact]
    public void An_end_that_is_read_before_its_touch_waits_for_it()
    {
        var touch = Workshop.SomeTouch();
        TakeIn(Workshop.EndOf(touch));
        TakeIn(touch);

        Assert.Equal("peer-closed", Store.Pending().Only!.Ending!.Why);
    }

    [Fact]
    public void A_second_end_changes_nothing()
    {
        var touch = Workshop.SomeTouch();
        TakeIn(touch, Workshop.EndOf(touch), Workshop.EndOf(touch) with { Why = "forged" });

        Assert.Equal("peer-closed", Store.Pending().Only!.Ending!.Why);
    }

    [Fact]
    public void A_mail_takes_its_events_its_damage_and_its_notices_with_it()
    {
        TakeIn(Workshop.SomeTouch());
        Store.TakeIn(BatchOf([]) with { Damaged = 3 });
        Store.Note("a notice");
        Compose();

        Assert.False(Store.HasPending);
        Assert.Equal(1, Store.Waiting);
        var pending = Store.Pending();
        Assert.Equal((2, 1, 0, 0), (pending.First, pending.Last, pending.Held, pending.Damaged));
        Assert.Empty(pending.Notices);
        Assert.Equal(_anyStream, Store.StreamOf(StreamId.Outside));
    }

    [Fact]
    public void A_mail_that_cannot_be_composed_leaves_everything_as_it_was()
    {
        TakeIn(Workshop.SomeTouch());
        var letter = LetterOf(Store.Pending());
        var brokenLetter = letter with { Recipients = ["twice@example.org", "twice@example.org"] };

        Assert.Throws<SqliteException>(() => Store.Compose(brokenLetter, _anyStream));
        Assert.True(Store.HasPending);
        Assert.Equal(0, Store.Waiting);
        Assert.Null(Store.StreamOf(StreamId.Outside));
        Store.Compose(letter, _anyStream);
        Assert.Equal(1, Store.Waiting);
    }

    [Fact]
    public void Ignored_touches_are_counted_and_deserve_no_mail_alone()
    {
        Assert.Equal(0, TakeIn(Workshop.SomeTouch() with { Ignored = true }));
        Assert.False(Store.HasPending);

        TakeIn(Workshop.SomeTouch());
        var pending = Store.Pending();
        Assert.Equal((2, 1, 1), (pending.Held, pending.Ignored, pending.Connections));
        Assert.NotNull(pending.Only);
    }

    [Fact]
    public void Mailed_events_are_forgotten_after_a_month_and_numbers_go_on()
    {
        TakeInAndCompose();
        _workshop.Clock.Pass(TimeSpan.FromDays(31));
        Store.ForgetOld(TimeSpan.FromDays(30));
        Send();
        TakeIn(Workshop.SomeTouch());
        Store.ForgetOld(TimeSpan.FromDays(30));

        Assert.Equal(1, Number("SELECT count(*) FROM event"));
        Assert.Equal(2, Store.Pending().First);
        Assert.True(Store.Pending().IsComplete);
    }

    [Fact]
    public void Events_of_a_mail_that_waits_are_kept()
    {
        TakeInAndCompose();
        _workshop.Clock.Pass(TimeSpan.FromDays(31));
        Store.ForgetOld(TimeSpan.FromDays(30));

        Assert.Equal(1, Number("SELECT count(*) FROM event"));
    }

    [Fact]
    public void A_sent_mail_leaves_its_record_without_its_bytes()
    {
        TakeInAndCompose();
        Send();

        Assert.Equal(0, Store.Waiting);
        Assert.Equal(1, Number("SELECT count(*) FROM outbox WHERE message IS NULL AND sent_at IS NOT NULL"));
    }

    [Fact]
    public void A_damaged_store_is_set_aside_and_the_next_mail_says_so()
    {
        TakeIn(Workshop.SomeTouch());
        _workshop.Restart();
        File.WriteAllBytes(Path.Combine(_workshop.StorePath, "alerts.db"), [.. Enumerable.Repeat((byte)0x5a, 100_000)]);

        Assert.Contains("damaged", Assert.Single(Store.Pending().Notices), StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(_workshop.StorePath, "alerts.db.damaged-*"));
        Assert.Equal(1, TakeIn(Workshop.SomeTouch()));
    }

    [Fact]
    public void A_store_of_a_newer_version_is_left_alone()
    {
        Assert.Equal(0, Store.Waiting);
        _workshop.Restart();
        Execute("PRAGMA user_version = 99");

        Assert.Contains("version 99", Assert.Throws<NewerStoreException>(() => Store).Message, StringComparison.Ordinal);
        Assert.Equal(99, Number("PRAGMA user_version"));
    }

    private int TakeIn(params AlertRecord[] records) => Store.TakeIn(BatchOf(records)).Touches;

    private static Batch BatchOf(AlertRecord[] records) => new(records, 0, new SegmentCursor(Workshop.LaneName, 1, 1));

    private void Compose() => Store.Compose(LetterOf(Store.Pending()), _anyStream);

    private void TakeInAndCompose()
    {
        TakeIn(Workshop.SomeTouch());
        Compose();
    }

    private void Send() => new OutboxRounds(Store, _workshop.Clock, new Station("mail", Always: false))
        .Attempt(_ => new Attempt { Accepted = ["a@example.org", "b@example.org"] });

    private static Letter LetterOf(Summary summary) => new()
    {
        MessageId = Workshop.NewId(),
        Subject = "something",
        Kind = MailKind.First,
        Summary = summary,
        Recipients = ["a@example.org", "b@example.org"],
        Bytes = [1, 2, 3],
    };

    private long Number(string sql) => (long)Scalar(sql)!;

    private void Execute(string sql) => Scalar(sql);

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_workshop.StorePath}/alerts.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
