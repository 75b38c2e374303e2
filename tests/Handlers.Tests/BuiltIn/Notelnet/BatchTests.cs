using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.BuiltIn.Notelnet;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

public sealed class BatchTests
{
    private readonly List<Kept> _told = [];
    private readonly List<string> _log = [];

    [Fact]
    public void What_is_written_is_in_the_journal_before_anybody_is_told()
    {
        using var spool = Folder.Spool();
        var batch = Of(spool);
        Add(batch, 3);

        batch.Write();

        Assert.Equal(3, spool.Touches().Count);
        Assert.Empty(_told);
        batch.Sync();
        Assert.Equal([Kept.Recorded, Kept.Recorded, Kept.Recorded], _told);
        Assert.Equal(3, spool.Touches().Count);
    }

    [Fact]
    public void The_disk_is_asked_after_a_tenth_of_a_second_or_256_records()
    {
        using var spool = Folder.Spool();
        var batch = Of(spool);

        Assert.False(batch.IsDue(now: 0));
        Add(batch, 1, now: 1000);
        Assert.False(batch.IsDue(now: 1099));
        Assert.True(batch.IsDue(now: 1100));
        Add(batch, 255, now: 1010);
        Assert.True(batch.IsDue(now: 1010));

        batch.Sync();

        Assert.False(batch.IsDue(now: 5000));
        Assert.Equal(256, spool.Touches().Count);
    }

    [Fact]
    public void Whoever_is_told_may_add_how_it_ended()
    {
        using var spool = Folder.Spool();
        Batch batch = null!;
        batch = new Batch(new Journal(spool.Path, null), new LastResort(spool.Path, _log.Add), (_, _) => batch.Add(AlertWriter.Write(Some.End), null, 0));
        Add(batch, 2);

        batch.Sync();
        batch.Sync();

        Assert.Equal(["TouchRecord", "TouchRecord", "EndRecord", "EndRecord"], spool.Records().Select(record => record.GetType().Name));
    }

    [Fact]
    public void Without_a_journal_all_are_counted_and_told_so_at_once()
    {
        using var spool = Folder.SpoolWithOverflow();
        File.Delete(spool.Journal);
        var batch = Of(spool);
        Add(batch, 3);

        batch.Write();

        Assert.Equal([Kept.Counted, Kept.Counted, Kept.Counted], _told);
        Assert.Equal(3, Assert.Single(spool.Counted()).Total);
        Assert.Equal(3, _log.Count);
        Assert.StartsWith(
            $"notelnet: cannot record: {spool.Journal}: No such file or directory; counted in overflow.bin; the record: {{",
            _log[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_turns_over_between_two_batches_is_followed()
    {
        using var spool = Folder.Spool();
        var batch = Of(spool);
        Add(batch, 1);
        batch.Sync();
        File.Move(spool.Journal, spool.In("journal-1.jsonl"));
        File.WriteAllText(spool.Journal, "");

        Add(batch, 2);
        batch.Sync();

        Assert.Equal(2, spool.Touches().Count);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(0)]
    public void Where_the_disk_ends_in_the_midst_of_a_batch_each_is_either_recorded_or_counted(int leave)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to mount a file system that is full");
        using var disk = new FullDisk(kibibytes: 256, lane => lane.LayOutOverflow(), leave);
        var batch = Of(disk.Folder);
        Add(batch, 100);

        batch.Sync();

        var recorded = disk.Folder.Touches().Count;
        Assert.Equal(recorded, _told.Count(kept => kept == Kept.Recorded));
        Assert.Equal(100 - recorded, _told.Count(kept => kept == Kept.Counted));
        Assert.Equal(100 - recorded, Assert.Single(disk.Folder.Counted()).Total);
    }

    private static void Add(Batch batch, int count, long now = 0)
    {
        for (var i = 0; i < count; i++)
        {
            var policy = Policies.From(HandlerOptions.Parse(null), mayTarpit: false).For(null);
            batch.Add(AlertWriter.Write(Some.Touch), new Visit(Visit.NoSocket, Some.Touch, policy), now);
        }
    }

    private Batch Of(Folder spool) =>
        new(new Journal(spool.Path, null), new LastResort(spool.Path, _log.Add), (_, kept) => _told.Add(kept));
}
