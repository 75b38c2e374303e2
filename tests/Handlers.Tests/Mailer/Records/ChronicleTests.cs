using System.Net;
using System.Text.Json;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Records;

public sealed class ChronicleTests
{
    private static readonly TimeSpan _nearly = Chronicler.Patience - TimeSpan.FromMilliseconds(1);

    [Fact]
    public void An_event_that_is_over_is_one_line_with_everything_in_it()
    {
        using var room = new Newsroom();
        var touch = Workshop.SomeTouch() with { Id = "01JD3X8C2M7YQ0ZC6V1S5N9KTE", Machine = "feedfeedfeedfeed", Connection = "k3f9" };
        room.Record(touch, Workshop.EndOf(touch));

        room.NewChronicler().Turn();

        Assert.Equal(
            """
            {"v":1,"n":1,"t":"event","seq":1,"id":"01JD3X8C2M7YQ0ZC6V1S5N9KTE","ref":"7KQ2M4","conn":"k3f9","host":"web1",
            "machine":"feedfeedfeedfeed","at":"2026-11-22T23:28:47.103Z","service":"telnet","proto":"tcp","dst":"198.51.100.20","port":23,
            "src":"203.0.113.7","src_port":40112,"class":"outside","spoofable":false,"name":null,"name_state":"off","action":"message",
            "ignored":false,"duration_ms":412,"why":"peer-closed","bytes_out":178,"bytes_in":12,"first":"//0D","first_text":"\\xff\\xfd\\x03"}
            """.Replace("\n", "", StringComparison.Ordinal),
            Assert.Single(room.Store.LinesFor(Newsroom.Feed, 10)).Json);
    }

    [Fact]
    public void An_event_waits_for_its_end_but_not_for_ever()
    {
        using var room = new Newsroom();
        room.Record(Workshop.SomeTouch());
        var chronicler = room.NewChronicler();

        room.Clock.Pass(_nearly);
        chronicler.Turn();
        Assert.Empty(room.Lines);
        Assert.True(room.Store.HasUntoldRecords);

        room.Clock.Pass(TimeSpan.FromMilliseconds(1));
        chronicler.Turn();
        Assert.False(Assert.Single(room.Lines).TryGetProperty("duration_ms", out _));
    }

    [Fact]
    public void In_a_hurry_nothing_is_waited_for()
    {
        using var room = new Newsroom();
        room.Record(Workshop.SomeTouch());

        room.NewChronicler().Turn(hurry: true);

        Assert.Single(room.Lines);
    }

    [Fact]
    public void A_clock_that_was_set_back_is_not_waited_for()
    {
        using var room = new Newsroom();
        room.Record(Workshop.SomeTouch());
        room.Clock.SetWall(ManualClock.Start - TimeSpan.FromDays(1));

        room.NewChronicler().Turn();

        Assert.Single(room.Lines);
    }

    [Fact]
    public void Who_sits_in_a_tarpit_is_told_at_once_and_his_end_when_it_comes()
    {
        using var room = new Newsroom();
        var touch = Workshop.SomeTouch() with { Action = "tarpit" };
        room.Record(touch);
        room.NewChronicler().Turn();
        Assert.Equal("event", Assert.Single(room.Lines).GetProperty("t").GetString());

        room.Record(Workshop.EndOf(touch));

        var end = room.Lines[1];
        Assert.Equal(("end", 1, 2), (end.GetProperty("t").GetString(), end.GetProperty("seq").GetInt64(), end.GetProperty("n").GetInt64()));
        Assert.Equal((touch.Id, 412), (end.GetProperty("id").GetString(), end.GetProperty("duration_ms").GetInt64()));
        Assert.Equal("peer-closed", end.GetProperty("why").GetString());
    }

    [Fact]
    public void An_end_that_is_read_again_is_no_second_line()
    {
        using var room = new Newsroom();
        var touch = Workshop.SomeTouch() with { Action = "tarpit" };
        room.Record(touch);
        room.NewChronicler().Turn();

        room.Record(Workshop.EndOf(touch), Workshop.EndOf(touch));

        Assert.Equal(2, room.Lines.Count);
    }

    [Fact]
    public void Lines_follow_the_numbers_of_the_events()
    {
        using var room = new Newsroom();
        room.Record(Workshop.SomeTouch());
        room.RecordWhole(2);
        var chronicler = room.NewChronicler();

        chronicler.Turn();
        Assert.Empty(room.Lines);

        room.Clock.Pass(Chronicler.Patience);
        chronicler.Turn();
        Assert.Equal([1, 2, 3], room.Lines.Select(line => line.GetProperty("seq").GetInt32()));
        Assert.Equal([1, 2, 3], room.Lines.Select(line => line.GetProperty("n").GetInt32()));
    }

    [Fact]
    public void A_name_is_waited_for_and_told_with_what_it_is_worth()
    {
        using var asked = new ManualResetEventSlim();
        using var room = new Newsroom();
        room.RecordWhole(1);
        var resolvers = new Resolvers(
            _ =>
            {
                asked.Wait(TestContext.Current.CancellationToken);
                return new Finding(FindingState.Claimed, "pc.bank.example");
            },
            room.Clock);
        var names = new NameDesk(room.Store, resolvers);
        var chronicler = new Chronicler(room.Store, names, room.Clock);
        chronicler.Turn();
        Assert.Empty(room.Lines);

        asked.Set();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                names.KeepAnswers();
                chronicler.Turn();
                return room.Lines.Count > 0;
            },
            TimeSpan.FromSeconds(20)));
        Assert.Equal("pc.bank.example", room.Lines[0].GetProperty("name").GetString());
        Assert.Equal("claimed", room.Lines[0].GetProperty("name_state").GetString());
    }

    [Fact]
    public void A_name_that_does_not_come_is_told_as_that()
    {
        using var never = new ManualResetEventSlim();
        using var room = new Newsroom(_ =>
        {
            never.Wait(TestContext.Current.CancellationToken);
            return Finding.TimedOut;
        });
        room.RecordWhole(1);
        var chronicler = room.NewChronicler();
        chronicler.Turn();
        Assert.Empty(room.Lines);

        room.Clock.Pass(Chronicler.Patience);
        chronicler.Turn();
        Assert.Equal("timeout", Assert.Single(room.Lines).GetProperty("name_state").GetString());
        never.Set();
    }

    [Fact]
    public void Visitors_that_were_shed_are_a_line_with_their_count_once()
    {
        using var room = new Newsroom();
        var shed = new ShedRecord
        {
            Id = "S1",
            Host = "db1",
            Machine = "feedfeedfeedfeed",
            Service = "telnet",
            Connections = 9120,
            Sources = 37,
            From = ManualClock.Start,
            To = ManualClock.Start.AddSeconds(1),
            Why = "rate",
            Busiest = [(IPAddress.Parse("203.0.113.7"), 8800)],
        };

        room.Record(shed, shed);

        Assert.Equal(
            """
            {"v":1,"n":1,"t":"counted","id":"S1","host":"db1","machine":"feedfeedfeedfeed","service":"telnet","class":"outside","why":"rate",
            "connections":9120,"sources":37,"from":"2026-11-22T23:28:47.000Z","to":"2026-11-22T23:28:48.000Z",
            "busiest":[{"src":"203.0.113.7","connections":8800}]}
            """.Replace("\n", "", StringComparison.Ordinal),
            Assert.Single(room.Store.LinesFor(Newsroom.Feed, 10)).Json);
    }

    [Fact]
    public void What_a_full_disk_only_counted_is_a_line_of_this_host()
    {
        using var room = new Newsroom();

        room.Store.TakeIn("1000", [new OverflowCount("telnet", 12, ManualClock.Start, [])], _ => StreamClass.Outside);

        var line = Assert.Single(room.Lines);
        Assert.Equal(("web1", "0123456789abcdef"), (line.GetProperty("host").GetString(), line.GetProperty("machine").GetString()));
        Assert.Equal((12, "disk full"), (line.GetProperty("connections").GetInt64(), line.GetProperty("why").GetString()));
    }

    [Fact]
    public void Without_a_feed_there_are_no_lines()
    {
        using var room = new Newsroom();
        room.Declare();
        room.RecordWhole(2);
        room.NewChronicler().Turn(hurry: true);
        Assert.False(room.Store.HasUntoldRecords);

        room.Declare(Newsroom.Feed);
        room.RecordWhole(1);
        room.NewChronicler().Turn();
        Assert.Equal(3, Assert.Single(room.Lines).GetProperty("seq").GetInt32());
    }

    [Fact]
    public void A_feed_goes_on_where_it_was_and_a_new_one_begins_with_what_comes_next()
    {
        using var room = new Newsroom();
        room.RecordWhole(3);
        room.NewChronicler().Turn();
        room.Store.Passed(Newsroom.Feed, 1);

        room.Restart();
        room.Declare(Newsroom.Feed, "syslog");
        room.RecordWhole(1);
        room.NewChronicler().Turn();

        Assert.Equal([2, 3, 4], room.Lines.Select(line => line.GetProperty("n").GetInt32()));
        Assert.Equal([4], room.LinesOf("syslog").Select(line => line.GetProperty("n").GetInt32()));
    }

    [Fact]
    public void Lines_are_kept_until_all_feeds_have_them_and_no_longer()
    {
        using var room = new Newsroom(null, Newsroom.Feed, "syslog");
        room.RecordWhole(2);
        room.NewChronicler().Turn();

        room.Store.Passed(Newsroom.Feed, 2);
        Assert.Equal(2, room.LinesOf("syslog").Count);
        Assert.True(room.Store.HasUntoldRecords);

        room.Declare(Newsroom.Feed);
        Assert.False(room.Store.HasUntoldRecords);
        room.Declare(Newsroom.Feed, "syslog");
        Assert.Empty(room.LinesOf("syslog"));
    }

    [Fact]
    public void A_number_is_the_same_line_after_a_restart()
    {
        using var room = new Newsroom();
        room.Record(Workshop.SomeTouch());
        room.NewChronicler().Turn(hurry: true);
        var before = room.Store.LinesFor(Newsroom.Feed, 10);

        room.Restart();
        room.NewChronicler().Turn(hurry: true);

        Assert.Equal(before, room.Store.LinesFor(Newsroom.Feed, 10));
    }

    [Fact]
    public void A_host_of_another_name_has_no_machine_of_ours()
    {
        using var room = new Newsroom();
        room.Record(Workshop.SomeTouch() with { Host = "db1", Machine = null });

        room.NewChronicler().Turn(hurry: true);

        var line = Assert.Single(room.Lines);
        Assert.Equal("db1", line.GetProperty("host").GetString());
        Assert.Equal(JsonValueKind.Null, line.GetProperty("machine").ValueKind);
    }

    [Fact]
    public void Who_can_have_a_forged_address_is_marked()
    {
        using var room = new Newsroom();
        room.Record(Workshop.SomeTouch() with { Protocol = "udp", Spoofable = true });

        room.NewChronicler().Turn(hurry: true);

        Assert.True(Assert.Single(room.Lines).GetProperty("spoofable").GetBoolean());
    }

    [Fact]
    public void A_feed_that_stays_away_too_long_misses_the_oldest_and_a_mail_says_so()
    {
        using var room = new Newsroom();
        room.Store.MostLines = 3;
        room.RecordWhole(5);

        room.NewChronicler().Turn();

        Assert.Equal([3, 4, 5], room.Lines.Select(line => line.GetProperty("n").GetInt32()));
        Assert.Contains("'event_log' is more than 3 lines behind", Assert.Single(room.Store.Pending().Notices), StringComparison.Ordinal);
    }
}
