using System.Net;
using CsCheck;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.Sdk.Alerts;

public sealed class OverflowTests
{
    private static readonly DateTimeOffset _at = new(2026, 11, 22, 23, 28, 47, TimeSpan.Zero);
    private static readonly IPAddress _scanner = IPAddress.Parse("203.0.113.7");

    [Fact]
    public void A_new_file_has_counted_nothing() => Assert.Empty(Overflow.Read(new byte[Overflow.Size]));

    [Fact]
    public void What_is_counted_is_read_by_service_with_the_last_time_and_the_latest_sources_first()
    {
        using var lane = Folder.SpoolWithOverflow();

        Assert.True(Overflow.Count(lane.Path, "telnet", _scanner, _at.AddSeconds(1)));
        Assert.True(Overflow.Count(lane.Path, "ssh", IPAddress.Parse("2001:db8::7"), _at));
        Assert.True(Overflow.Count(lane.Path, "telnet", IPAddress.Loopback, _at));
        Assert.True(Overflow.Count(lane.Path, "telnet", _scanner, _at));
        Assert.True(Overflow.Count(lane.Path, "telnet", null, _at));

        var counted = lane.Counted().ToDictionary(count => count.Service);
        Assert.Equal((4L, _at.AddSeconds(1)), (counted["telnet"].Total, counted["telnet"].Last));
        Assert.Equal([_scanner, IPAddress.Loopback], counted["telnet"].Sources);
        Assert.Equal((1L, _at), (counted["ssh"].Total, counted["ssh"].Last));
        Assert.Equal([IPAddress.Parse("2001:db8::7")], counted["ssh"].Sources);
    }

    [Fact]
    public void Many_connections_can_be_counted_at_once()
    {
        using var lane = Folder.SpoolWithOverflow();

        Assert.True(Overflow.Count(lane.Path, "telnet", _scanner, _at, connections: 9120));

        Assert.Equal(9120, Assert.Single(lane.Counted()).Total);
    }

    [Fact]
    public void However_many_count_at_once_no_count_is_lost()
    {
        using var lane = Folder.SpoolWithOverflow();
        var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                Overflow.Count(lane.Path, $"service-{i % 20}", IPAddress.Parse($"198.51.100.{number}"), _at);
            }
        })).ToArray();

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(20, lane.Counted().Count);
        Assert.All(lane.Counted(), count => Assert.Equal(400, count.Total));
    }

    [Fact]
    public void The_ring_keeps_the_last_thousand_sources()
    {
        using var lane = Folder.SpoolWithOverflow();
        for (var i = 0; i < 3000; i++)
        {
            Overflow.Count(lane.Path, "telnet", new IPAddress(i + 1L), _at);
        }

        var count = Assert.Single(lane.Counted());
        Assert.Equal(3000, count.Total);
        Assert.Equal(Enumerable.Range(0, 1024).Select(age => new IPAddress(3000L - age)), count.Sources);
    }

    [Fact]
    public void Services_that_find_no_slot_are_counted_together()
    {
        using var lane = Folder.SpoolWithOverflow();
        for (var i = 0; i < 130; i++)
        {
            Overflow.Count(lane.Path, $"service-{i}", _scanner, _at);
        }

        Assert.Equal(130, lane.Counted().Sum(count => count.Total));
        Assert.Equal(3, Assert.Single(lane.Counted(), count => count.Service == "(other)").Total);
    }

    [Fact]
    public void One_who_was_killed_while_he_named_his_slot_disturbs_nobody()
    {
        using var lane = Folder.SpoolWithOverflow();
        var file = new byte[Overflow.Size];
        file[OverflowLayout.Slot(0)] = OverflowLayout.BeingNamed;
        File.WriteAllBytes(lane.In(Overflow.FileName), file);

        Assert.True(Overflow.Count(lane.Path, "telnet", _scanner, _at));

        Assert.Equal(("telnet", 1L), (Assert.Single(lane.Counted()).Service, lane.Counted()[0].Total));
    }

    [Fact]
    public void Two_slots_of_one_service_are_added_up()
    {
        using var lane = Folder.SpoolWithOverflow();
        Overflow.Count(lane.Path, "telnet", _scanner, _at);
        var file = File.ReadAllBytes(lane.In(Overflow.FileName));
        file.AsSpan(OverflowLayout.Slot(0), OverflowLayout.Slot(1) - OverflowLayout.Slot(0)).CopyTo(file.AsSpan(OverflowLayout.Slot(1)));

        Assert.Equal(2, Assert.Single(Overflow.Read(file)).Total);
    }

    [Fact]
    public void Whatever_stands_in_the_file_reading_it_gives_sane_values() =>
        Gen.Byte.Array[0, Overflow.Size + 100].Sample(AssertSane, iter: 200);

    [Theory]
    [InlineData(0xff)]
    [InlineData(0x7f)]
    [InlineData(0x80)]
    [InlineData(0x01)]
    [InlineData(0x04)]
    [InlineData(0x1b)]
    public void A_file_full_of_one_byte_is_read_as_well(byte value)
    {
        var file = new byte[Overflow.Size];
        file.AsSpan().Fill(value);

        AssertSane(file);
    }

    [Fact]
    public void Without_the_file_nothing_is_counted_and_none_is_made()
    {
        using var lane = Folder.Spool();

        Assert.False(Overflow.Count(lane.Path, "telnet", _scanner, _at));
        Assert.False(File.Exists(lane.In(Overflow.FileName)));
    }

    [Fact]
    public void A_file_that_is_too_short_is_not_touched_for_that_would_kill()
    {
        using var lane = Folder.Spool();
        File.WriteAllBytes(lane.In(Overflow.FileName), new byte[Overflow.Size - 1]);

        Assert.False(Overflow.Count(lane.Path, "telnet", _scanner, _at));
    }

    [Fact]
    public void A_link_in_the_files_place_is_not_followed()
    {
        using var lane = Folder.Spool();
        File.WriteAllBytes(lane.In("elsewhere"), new byte[Overflow.Size]);
        File.CreateSymbolicLink(lane.In(Overflow.FileName), lane.In("elsewhere"));

        Assert.False(Overflow.Count(lane.Path, "telnet", _scanner, _at));
    }

    [Fact]
    public void On_a_full_disk_a_file_that_was_laid_out_counts_and_one_with_holes_says_no()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to mount a file system that is full");
        using var disk = new FullDisk(kibibytes: 128, lane =>
        {
            lane.LayOutOverflow();
            Directory.CreateDirectory(lane.In("holes"));
            using var holes = File.Create(lane.In($"holes/{Overflow.FileName}"));
            holes.SetLength(Overflow.Size);
        });

        Assert.True(Overflow.Count(disk.Folder.Path, "telnet", _scanner, _at));
        Assert.False(Overflow.Count(disk.Folder.In("holes"), "telnet", _scanner, _at));

        Assert.Equal(1, Assert.Single(disk.Folder.Counted()).Total);
    }

    private static void AssertSane(byte[] file)
    {
        foreach (var count in Overflow.Read(file))
        {
            Assert.InRange(count.Total, 1, long.MaxValue);
            Assert.DoesNotContain(count.Service, letter => letter is <= ' ' or > '~');
            Assert.InRange(count.Sources.Count, 0, 1024);
        }
    }
}
