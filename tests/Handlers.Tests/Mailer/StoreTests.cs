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
    public void An_attempt_that_reached_nobody_keeps_the_mail_for_later_with_the_same_identity()
    {
        var parcel = ComposedParcel();
        Store.Settle(parcel, Failing(FailureClass.Transient), _workshop.Clock.GetUtcNow() + TimeSpan.FromSeconds(30));

        Assert.Null(Store.NextParcel("from@example.org"));
        _workshop.Clock.Pass(TimeSpan.FromSeconds(30));
        _workshop.Restart();
        var again = Store.NextParcel("from@example.org")!;
        Assert.Equal((parcel.MessageId, 1), (again.MessageId, again.Attempts));
        Assert.Equal(parcel.Message, again.Message);
        Assert.Equal(parcel.Recipients, again.Recipients);
    }

    [Fact]
    public void Only_those_who_do_not_have_it_are_tried_again()
    {
        var parcel = ComposedParcel();
        Store.Settle(parcel, Failing(FailureClass.Transient) with { Accepted = ["a@example.org"] }, _workshop.Clock.GetUtcNow());

        Assert.Equal(["b@example.org"], Store.NextParcel("from@example.org")!.Recipients);
    }

    [Fact]
    public void One_who_is_refused_for_good_is_given_up_when_another_has_the_mail_and_the_next_mail_says_so()
    {
        var parcel = ComposedParcel();
        Store.Settle(
            parcel,
            Failing(FailureClass.Permanent) with { Accepted = ["a@example.org"], Refused = new() { ["b@example.org"] = "550 no such user" } },
            _workshop.Clock.GetUtcNow());

        Assert.Equal(0, Store.Waiting);
        Assert.Contains("b@example.org did not get the mail", Assert.Single(Store.Pending().Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mail_that_everybody_is_refused_stays()
    {
        var parcel = ComposedParcel();
        var refused = new Dictionary<string, string> { ["a@example.org"] = "550", ["b@example.org"] = "550" };
        Store.Settle(parcel, Failing(FailureClass.Permanent) with { Refused = refused }, _workshop.Clock.GetUtcNow());

        Assert.Equal(2, Store.NextParcel("from@example.org")!.Recipients.Count);
    }

    [Fact]
    public void What_was_misconfigured_is_tried_at_once_after_a_restart_and_the_rest_is_not()
    {
        var later = _workshop.Clock.GetUtcNow() + TimeSpan.FromMinutes(15);
        Store.Settle(ComposedParcel(), Failing(FailureClass.Configuration), later);
        Store.RetryMisconfigured();
        var parcel = Store.NextParcel("from@example.org");
        Assert.NotNull(parcel);

        Store.Settle(parcel, Failing(FailureClass.Transient), later);
        Store.RetryMisconfigured();
        Assert.Null(Store.NextParcel("from@example.org"));
    }

    [Fact]
    public void A_wall_clock_that_was_set_back_does_not_hold_mail_back()
    {
        Store.Settle(ComposedParcel(), Failing(FailureClass.Transient), _workshop.Clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        _workshop.Clock.SetWall(ManualClock.Start - TimeSpan.FromDays(400));

        Assert.True(Store.DueNow);
        Assert.NotNull(Store.NextParcel("from@example.org"));
    }

    [Fact]
    public void Mailed_events_are_forgotten_after_a_month_and_numbers_go_on()
    {
        var parcel = ComposedParcel();
        _workshop.Clock.Pass(TimeSpan.FromDays(31));
        Store.ForgetOld(TimeSpan.FromDays(30));
        Store.Settle(parcel, Sent(parcel), _workshop.Clock.GetUtcNow());
        TakeIn(Workshop.SomeTouch());
        Store.ForgetOld(TimeSpan.FromDays(30));

        Assert.Equal(1, Number("SELECT count(*) FROM event"));
        Assert.Equal(2, Store.Pending().First);
        Assert.True(Store.Pending().IsComplete);
    }

    [Fact]
    public void Events_of_a_mail_that_waits_are_kept()
    {
        ComposedParcel();
        _workshop.Clock.Pass(TimeSpan.FromDays(31));
        Store.ForgetOld(TimeSpan.FromDays(30));

        Assert.Equal(1, Number("SELECT count(*) FROM event"));
    }

    [Fact]
    public void A_sent_mail_leaves_its_record_without_its_bytes()
    {
        var parcel = ComposedParcel();
        Store.Settle(parcel, Sent(parcel), _workshop.Clock.GetUtcNow());

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

    private Parcel ComposedParcel()
    {
        TakeIn(Workshop.SomeTouch());
        Compose();
        return Store.NextParcel("from@example.org")!;
    }

    private static Letter LetterOf(Summary summary) => new()
    {
        MessageId = Workshop.NewId(),
        Subject = "something",
        Kind = MailKind.First,
        Summary = summary,
        Recipients = ["a@example.org", "b@example.org"],
        Bytes = [1, 2, 3],
    };

    private static Delivery Failing(FailureClass failure) => new() { Accepted = [], Refused = [], Failures = [new Failure(failure, "why")] };

    private static Delivery Sent(Parcel parcel) => new() { Accepted = parcel.Recipients, Refused = [], Failures = [] };

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
