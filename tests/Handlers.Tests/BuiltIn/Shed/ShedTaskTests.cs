using System.Net;
using System.Net.Sockets;
using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.BuiltIn.Shed;
using SuperServer.Handlers.Tests.Support;

namespace SuperServer.Handlers.Tests.BuiltIn.Shed;

public sealed class ShedTaskTests
{
    private const string Facts = """
        {"key":"000102030405060708ff","svc":"telnet","n":298,"srcs":2,"from":"2026-11-22T23:28:47.103Z","to":"2026-11-22T23:28:48.000Z",
        "why":"max_connections","top":[["203.0.113.7",290],["2001:db8::7",8]]}
        """;

    [Fact]
    public void What_the_daemon_says_becomes_one_record_with_the_name_of_the_host()
    {
        using var spool = Folder.Spool();

        Assert.Equal(0, ShedTask.Run(Environment(spool.Path)));

        var record = Assert.IsType<ShedRecord>(Assert.Single(spool.Records()));
        Assert.Equal(("web1", "0123456789abcdef", "telnet"), (record.Host, record.Machine, record.Service));
        Assert.Equal((298, 2, "max_connections"), (record.Connections, record.Sources, record.Why));
        Assert.Equal(TimeSpan.FromMilliseconds(897), record.To - record.From);
        Assert.Equal([(IPAddress.Parse("203.0.113.7"), 290), (IPAddress.Parse("2001:db8::7"), 8)], record.Busiest);
    }

    [Fact]
    public void Started_again_it_writes_the_same_id_so_that_nobody_is_counted_twice()
    {
        using var spool = Folder.Spool();

        ShedTask.Run(Environment(spool.Path));
        ShedTask.Run(Environment(spool.Path));

        Assert.Equal(2, spool.Records().Count);
        Assert.Single(spool.Records().Select(record => record.Id).Distinct());
    }

    [Fact]
    public void Without_a_key_each_record_has_an_id_of_its_own()
    {
        using var spool = Folder.Spool();
        var facts = Facts.Replace("\"key\":\"000102030405060708ff\",", "", StringComparison.Ordinal);

        ShedTask.Run(Environment(spool.Path, facts));
        ShedTask.Run(Environment(spool.Path, facts));

        Assert.Equal(2, spool.Records().Select(record => record.Id).Distinct().Count());
    }

    [Fact]
    public void The_bell_is_rung()
    {
        using var spool = Folder.Spool();
        using var bell = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        bell.Bind(new UnixDomainSocketEndPoint(spool.In("bell")));

        ShedTask.Run(Some.Environment(
            ("SUPERSERVER_SPOOL", spool.Path), ("SUPERSERVER_ALERT_SOCKET", spool.In("bell")), (MissedVisitors.Variable, Facts)));

        Assert.True(bell.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    [Fact]
    public void Where_the_journal_fails_the_overflow_counts_all_of_them()
    {
        using var spool = Folder.SpoolWithOverflow();
        File.Delete(spool.Journal);

        Assert.Equal(0, ShedTask.Run(Environment(spool.Path)));

        var counted = Assert.Single(spool.Counted());
        Assert.Equal(("telnet", 298), (counted.Service, counted.Total));
    }

    [Fact]
    public void Where_both_fail_the_daemon_is_told_to_keep_the_count()
    {
        using var nothing = new Folder();

        Assert.Equal(75, ShedTask.Run(Environment(nothing.Path)));
        Assert.Equal(75, ShedTask.Run(Some.Environment((MissedVisitors.Variable, Facts))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"svc":"telnet","n":0,"srcs":1,"from":"2026-11-22T23:28:47Z","to":"2026-11-22T23:28:47Z","why":"rate","top":[]}""")]
    [InlineData("""{"svc":"telnet","n":1,"srcs":1,"from":"yesterday","to":"2026-11-22T23:28:47Z","why":"rate","top":[]}""")]
    [InlineData("""{"svc":"telnet","n":1,"srcs":1,"from":"2026-11-22T23:28:47Z","to":"2026-11-22T23:28:47Z","why":"rate","top":[["nobody",1]]}""")]
    [InlineData("""{"key":"00","svc":"telnet","n":1,"srcs":1,"from":"2026-11-22T23:28:47Z","to":"2026-11-22T23:28:47Z","why":"rate","top":[]}""")]
    public void What_no_daemon_of_ours_would_say_is_a_mistake_and_no_record(string? facts)
    {
        using var spool = Folder.Spool();

        Assert.Equal(64, ShedTask.Run(Environment(spool.Path, facts)));
        Assert.Empty(spool.Records());
    }

    [Fact]
    public void The_program_does_it_without_any_client()
    {
        using var complaint = HandlerProcess.StartByHand(ShedTask.Name);

        Assert.Equal(64, complaint.WaitForEnd());
        Assert.Contains("SUPERSERVER_SHED: it is not set", complaint.Complaints, StringComparison.Ordinal);
    }

    private static Func<string, string?> Environment(string spool, string? facts = Facts) => name => name switch
    {
        "SUPERSERVER_SPOOL" => spool,
        "SUPERSERVER_HOST" => "web1",
        "SUPERSERVER_MACHINE" => "0123456789abcdef",
        MissedVisitors.Variable => facts,
        _ => null,
    };
}
