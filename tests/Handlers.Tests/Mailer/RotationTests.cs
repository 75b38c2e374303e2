using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer;

public sealed class RotationTests : IDisposable
{
    private static readonly TimeSpan _rested = Rotation.Rest + TimeSpan.FromSeconds(1);

    private readonly Workshop _workshop = new();

    private Lane Lane => new(_workshop.LanePath);

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_journal_that_is_too_large_is_rotated_and_nothing_is_missed()
    {
        Fill();
        var intake = _workshop.NewIntake();
        Assert.Equal(1, intake.TakeIn().Touches);
        intake.Tidy(DateTimeOffset.UtcNow);

        Assert.Equal([1], Lane.RotatedNumbers());
        Assert.Equal(0, new FileInfo(_workshop.Journal).Length);
        _workshop.Touch();
        Assert.Equal(1, intake.TakeIn().Touches);
    }

    [Fact]
    public void The_new_journal_may_be_appended_to_by_the_group_and_read_by_nobody_else()
    {
        Fill();
        _workshop.NewIntake().Tidy(DateTimeOffset.UtcNow);

#pragma warning disable CA1416 // there is only one platform
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite, File.GetUnixFileMode(_workshop.Journal));
#pragma warning restore CA1416
    }

    [Fact]
    public void A_journal_a_day_old_is_rotated_unless_it_is_empty()
    {
        var intake = _workshop.NewIntake();
        var tomorrow = DateTimeOffset.UtcNow + Rotation.OldestJournal + TimeSpan.FromMinutes(1);
        intake.Tidy(tomorrow);
        Assert.Empty(Lane.RotatedNumbers());

        _workshop.Touch();
        intake.Tidy(tomorrow);
        Assert.Equal([1], Lane.RotatedNumbers());
    }

    [Fact]
    public void What_a_late_writer_appends_to_the_old_journal_is_taken_in()
    {
        Fill();
        var intake = _workshop.NewIntake();
        intake.TakeIn();
        using var late = new FileStream(_workshop.Journal, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        intake.Tidy(DateTimeOffset.UtcNow);

        late.Write([(byte)'\n', .. AlertWriter.Write(Workshop.SomeTouch()), (byte)'\n']);
        late.Flush();
        Assert.Equal(1, intake.TakeIn().Touches);
    }

    [Fact]
    public void An_old_journal_goes_when_it_is_taken_in_and_has_rested()
    {
        Fill();
        var intake = _workshop.NewIntake();
        intake.TakeIn();
        intake.Tidy(DateTimeOffset.UtcNow);
        intake.TakeIn();
        intake.Tidy(DateTimeOffset.UtcNow);
        Assert.Equal([1], Lane.RotatedNumbers());

        intake.Tidy(DateTimeOffset.UtcNow + _rested);
        Assert.Empty(Lane.RotatedNumbers());
    }

    [Fact]
    public void An_old_journal_that_is_not_taken_in_stays_however_long_it_rests()
    {
        Fill();
        var intake = _workshop.NewIntake();
        intake.Tidy(DateTimeOffset.UtcNow);
        intake.Tidy(DateTimeOffset.UtcNow + _rested);

        Assert.Equal([1], Lane.RotatedNumbers());
        Assert.Equal(1, intake.TakeIn().Touches);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(20, 0)]
    public void A_last_line_without_its_end_is_a_record_if_it_is_whole_and_counted_if_not(int missing, int touches)
    {
        var record = AlertWriter.Write(Workshop.SomeTouch());
        Fill();
        File.AppendAllBytes(_workshop.Journal, record[..^missing]);
        var intake = _workshop.NewIntake();
        intake.TakeIn();
        intake.Tidy(DateTimeOffset.UtcNow);
        intake.Tidy(DateTimeOffset.UtcNow + _rested);

        Assert.Empty(Lane.RotatedNumbers());
        Assert.Equal((1 + touches, 1 + 1 - touches), (_workshop.Store.Pending().Held, _workshop.Store.Pending().Damaged));
    }

    [Fact]
    public void A_crash_before_the_new_journal_has_its_name_is_mended()
    {
        Fill();
        File.WriteAllBytes(Lane.NextJournal, [1, 2, 3]);
        Posix.Link(_workshop.Journal, Lane.Rotated(1));
        var intake = _workshop.NewIntake();

        Assert.Equal(1, intake.TakeIn().Touches);
        Assert.Empty(Lane.RotatedNumbers());
        intake.Tidy(DateTimeOffset.UtcNow);
        Assert.Equal([1], Lane.RotatedNumbers());
        Assert.Equal(0, new FileInfo(_workshop.Journal).Length);
        Assert.False(File.Exists(Lane.NextJournal));
    }

    [Fact]
    public void A_crash_before_the_link_leaves_only_a_file_that_is_made_anew()
    {
        Fill();
        File.WriteAllBytes(Lane.NextJournal, [1, 2, 3]);
        _workshop.NewIntake().Tidy(DateTimeOffset.UtcNow);

        Assert.Equal([1], Lane.RotatedNumbers());
        Assert.Equal(0, new FileInfo(_workshop.Journal).Length);
    }

    [Fact]
    public void A_crash_between_forgetting_a_segment_and_deleting_it_counts_nothing_twice()
    {
        Fill();
        var intake = _workshop.NewIntake();
        intake.TakeIn();
        intake.Tidy(DateTimeOffset.UtcNow);
        using (var segment = Segment.Open(Lane.Rotated(1))!)
        {
            _workshop.Store.Forget(_workshop.Store.CursorOf(Workshop.LaneName, segment));
        }

        Assert.Equal(0, intake.TakeIn().Touches);
        Assert.Equal(1, _workshop.Store.Pending().Held);
    }

    /// <summary>One touch, and enough of one overlong line to be due.</summary>
    private void Fill()
    {
        _workshop.Touch();
        _workshop.Append(new byte[Rotation.LargestJournal]);
    }
}
