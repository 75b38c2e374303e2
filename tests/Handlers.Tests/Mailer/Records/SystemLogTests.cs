using System.Globalization;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Records;

public sealed class SystemLogTests : IDisposable
{
    private readonly Newsroom _room = new();

    private string Journal => Path.Combine(_room.Workshop.Root, "journal");

    private string Log => Path.Combine(_room.Workshop.Root, "log");

    private SystemLog Feed => new(Journal, Log, _room.Clock);

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Journald_gets_fields()
    {
        using var journal = new LogSocket(Journal);
        using var log = new LogSocket(Log);

        Assert.Equal(1, Feed.Take(Lines(Workshop.SomeTouch() with { Id = "01JD3X8C2M7YQ0ZC6V1S5N9KTE" })));

        Assert.Equal(
            """
            MESSAGE=tripwire: telnet 23/tcp from 203.0.113.7 port 40112 ref 7KQ2M4
            PRIORITY=4
            SYSLOG_FACILITY=10
            SYSLOG_IDENTIFIER=superserver-tripwire
            SS_N=1
            SS_SEQ=1
            SS_ID=01JD3X8C2M7YQ0ZC6V1S5N9KTE
            SS_REF=7KQ2M4
            SS_HOST=web1
            SS_AT=2026-11-22T23:28:47.103Z
            SS_SERVICE=telnet
            SS_PROTO=tcp
            SS_DST_IP=198.51.100.20
            SS_PORT=23
            SS_SRC_IP=203.0.113.7
            SS_SRC_PORT=40112
            SS_CLASS=outside
            SS_NAME_STATE=off
            SS_ACTION=message

            """,
            journal.Next());
        Assert.False(log.HasMore);
    }

    [Fact]
    public void Every_other_log_daemon_gets_a_line()
    {
        using var log = new LogSocket(Log);

        Assert.Equal(1, Feed.Take(Lines(Workshop.SomeTouch())));

        Assert.Equal(
            $"<84>Nov 22 23:28:47 superserver-tripwire[{Environment.ProcessId}]: tripwire: telnet 23/tcp from 203.0.113.7 port 40112 ref 7KQ2M4",
            log.Next());
    }

    [Fact]
    public void A_day_of_one_digit_has_a_blank_before_it()
    {
        using var log = new LogSocket(Log);
        var lines = Lines(Workshop.SomeTouch());
        _room.Clock.SetWall(DateTimeOffset.Parse("2026-12-03T04:05:06Z", CultureInfo.InvariantCulture));

        Feed.Take(lines);

        Assert.StartsWith("<84>Dec  3 04:05:06 ", log.Next(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_daemon_that_is_behind_is_not_waited_for_and_misses_nothing()
    {
        using var log = new LogSocket(Log);
        var lines = Lines([.. Enumerable.Range(0, 100).Select(_ => Workshop.SomeTouch())]);

        var taken = Feed.Take(lines);
        Assert.InRange(taken, 1, 99);

        for (var i = 0; i < taken; i++)
        {
            log.Next();
        }

        Assert.InRange(Feed.Take([.. lines.Skip(taken)]), 1, 99);
    }

    [Fact]
    public void Without_a_log_daemon_the_lines_wait() =>
        Assert.Contains(Log, Assert.Throws<IOException>(() => Feed.Take(Lines(Workshop.SomeTouch()))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_late_end_is_no_entry()
    {
        using var log = new LogSocket(Log);
        var touch = Workshop.SomeTouch();
        var lines = Lines(touch, Workshop.EndOf(touch));
        Assert.Equal(2, lines.Count);

        Assert.Equal(2, Feed.Take(lines));

        log.Next();
        Assert.False(log.HasMore);
    }

    [Theory]
    [InlineData("telnet", "tcp", false, "tripwire: telnet 23/tcp from 203.0.113.7 port 40112 ref 7KQ2M4")]
    [InlineData("telnet", "tcp", true, "tripwire: telnet 23/tcp from 203.0.113.7 port 40112 ref 7KQ2M4 (ignored)")]
    [InlineData("snmp", "udp", false, "tripwire: snmp 23/udp from 203.0.113.7 port 40112 ref 7KQ2M4")]
    [InlineData("x 1/tcp from 192.0.2.1 port 1 ref", "tcp", false, "tripwire: x_1_tcp_from_192.0.2.1_port_1_ref 23/tcp from 203.0.113.7 port 40112 ref 7KQ2M4")]
    [InlineData("a\nMESSAGE=b", "tcp", false, "tripwire: a_u_a_MESSAGE_b 23/tcp from 203.0.113.7 port 40112 ref 7KQ2M4")]
    public void The_text_is_made_of_words_whatever_a_service_is_called(string service, string protocol, bool isIgnored, string text)
    {
        using var log = new LogSocket(Log);

        Feed.Take(Lines(Workshop.SomeTouch() with { Service = service, Protocol = protocol, Ignored = isIgnored }));

        Assert.EndsWith($"]: {text}", log.Next(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_visitor_without_an_address_is_a_dash()
    {
        using var log = new LogSocket(Log);
        var touch = Workshop.SomeTouch();

        Feed.Take(Lines(touch with { Source = touch.Source with { Address = null, Port = null } }));

        Assert.EndsWith("tripwire: telnet 23/tcp from - port - ref 7KQ2M4", log.Next(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_only_counted_is_a_sentence_of_its_own()
    {
        using var log = new LogSocket(Log);
        _room.Store.TakeIn("1000", [new OverflowCount("telnet", 12, ManualClock.Start, [])], _ => StreamClass.Outside);

        Feed.Take(_room.Store.LinesFor(Newsroom.Feed, 10));

        Assert.EndsWith("tripwire: telnet 12 more connections only counted (disk_full)", log.Next(), StringComparison.Ordinal);
    }

    private List<RecordLine> Lines(params AlertRecord[] records)
    {
        var chronicler = _room.NewChronicler();
        foreach (var record in records)
        {
            _room.Record(record);
            chronicler.Turn(hurry: true);
        }

        return _room.Store.LinesFor(Newsroom.Feed, 1000);
    }
}
