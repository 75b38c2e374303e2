using System.Net.Sockets;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.BuiltIn.Notelnet;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Notelnet;

public sealed class JournalTests
{
    [Fact]
    public void A_thousand_writers_at_once_leave_every_record_whole()
    {
        using var spool = Folder.Spool();
        var ids = Enumerable.Range(0, 1000).Select(i => $"{i:D26}").ToArray();
        using var start = new ManualResetEventSlim();
        var failures = new string?[ids.Length];
        var writers = ids.Select((id, i) => new Thread(
            () =>
            {
                start.Wait();
                failures[i] = new Journal(spool.Path, null).Append(AlertWriter.Write(Some.Touch with { Id = id }));
            },
            maxStackSize: 256 * 1024)).ToArray();

        Array.ForEach(writers, writer => writer.Start());
        start.Set();
        Array.ForEach(writers, writer => writer.Join());

        Assert.All(failures, Assert.Null);
        Assert.Equal(ids, spool.Records().Select(record => record.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_torn_record_does_not_swallow_the_next()
    {
        using var spool = Folder.Spool();
        File.WriteAllText(spool.Journal, "\n{\"v\":1,\"t\":\"tou");

        Assert.Null(new Journal(spool.Path, null).Append(AlertWriter.Write(Some.Touch)));

        Assert.Equal(Some.Touch, Some.Record(File.ReadAllLines(spool.Journal)[^1]));
    }

    [Fact]
    public void A_record_goes_to_the_journal_that_has_the_name_now()
    {
        using var spool = Folder.Spool();
        var journal = new Journal(spool.Path, null);
        Assert.Null(journal.Append(AlertWriter.Write(Some.Touch)));
        File.Move(spool.Journal, spool.In("journal-1.jsonl"));
        File.WriteAllText(spool.Journal, "");

        Assert.Null(journal.Append(AlertWriter.Write(Some.End)));

        Assert.IsType<EndRecord>(Assert.Single(spool.Records()));
    }

    [Fact]
    public void A_missing_journal_is_not_made_for_nobody_would_read_it()
    {
        using var spool = new Folder();

        Assert.Equal($"{spool.Journal}: No such file or directory", new Journal(spool.Path, null).Append("x"u8));
        Assert.False(File.Exists(spool.Journal));
    }

    [Fact]
    public void A_link_in_the_journals_place_is_not_followed()
    {
        using var spool = new Folder();
        File.WriteAllText(spool.In("elsewhere"), "");
        File.CreateSymbolicLink(spool.Journal, spool.In("elsewhere"));

        Assert.NotNull(new Journal(spool.Path, null).Append("x"u8));
        Assert.Empty(File.ReadAllText(spool.In("elsewhere")));
    }

    [Fact]
    public void What_the_disk_does_not_confirm_is_written_once_and_said()
    {
        using var spool = new Folder();
        Assert.Equal(0, Posix.mkfifo(spool.Journal, 0x180));
        using var reader = new FileStream(spool.Journal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

        string? doubt = null;
        Assert.Null(new Journal(spool.Path, null).Append("x"u8, said => doubt = said));

        Assert.Equal($"{spool.Journal}: fdatasync: Invalid argument", doubt);       // a pipe is nothing that lasts
        Assert.Equal(3, reader.Read(new byte[10]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_spool_it_says_what_is_missing(string? spool) =>
        Assert.StartsWith("SUPERSERVER_SPOOL is not set", new Journal(spool, null).Append("x"u8), StringComparison.Ordinal);

    [Fact]
    public void The_bell_is_one_empty_datagram()
    {
        using var folder = new Folder();
        using var mailer = Sockets.Datagram(new UnixDomainSocketEndPoint(folder.In("bell")));

        new Journal(folder.Path, folder.In("bell")).RingBell();

        Assert.Equal(0, mailer.Receive(new byte[9]));
        Assert.False(mailer.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public void A_bell_that_nobody_hears_disturbs_nobody()
    {
        using var folder = new Folder();

        new Journal(folder.Path, folder.In("nobody")).RingBell();
        new Journal(folder.Path, folder.In(new string('x', 200))).RingBell();
        new Journal(folder.Path, null).RingBell();
    }

    [Fact]
    public void A_bell_whose_queue_is_full_is_not_waited_for()
    {
        using var folder = new Folder();
        using var mailer = Sockets.Datagram(new UnixDomainSocketEndPoint(folder.In("bell")));
        var journal = new Journal(folder.Path, folder.In("bell"));

        for (var i = 0; i < 2000; i++)
        {
            journal.RingBell();
        }

        Assert.True(mailer.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public void A_journal_that_nobody_reads_does_not_fill_the_disk()
    {
        using var spool = Folder.Spool();
        using (var journal = File.OpenWrite(spool.Journal))
        {
            journal.SetLength(Journal.LargestJournal);
        }

        Assert.Equal($"{spool.Journal}: 64 MiB that no mailer has taken", new Journal(spool.Path, null).Append("x"u8));
        Assert.Equal(Journal.LargestJournal, new FileInfo(spool.Journal).Length);
    }

    [Fact]
    public void A_record_that_lacks_only_its_last_line_feed_is_recorded()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to mount a file system that is full");
        var record = AlertWriter.Write(Some.Touch);
        using var disk = new FullDisk(kibibytes: 64, lane => File.WriteAllText(lane.Journal, new string('\n', 4096 - record.Length - 1)));

        Assert.Null(new Journal(disk.Folder.Path, null).Append(record));

        Assert.Single(disk.Folder.Touches());
    }
}
