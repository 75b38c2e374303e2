using System.Text.Json;
using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Tests.Admitting;

/// <summary>Whom a tripwire has missed: exact in number, bounded in memory.</summary>
public sealed class ShedTallyTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 22, 23, 28, 47, 103, TimeSpan.Zero);

    [Fact]
    public void A_tally_says_how_many_from_how_many_and_who_was_busiest()
    {
        var tally = new ShedTally("max_connections");
        tally.Count(Address(1), _start);
        tally.Count(Address(2), _start + TimeSpan.FromMilliseconds(1));
        tally.Count(Address(1), _start + TimeSpan.FromMilliseconds(2));
        tally.Count(null, _start + TimeSpan.FromMilliseconds(897), connections: 3);

        Assert.Equal(
            new ShedBatch
            {
                Connections = 6,
                Json = """
                    {"key":"00000000000000000000","svc":"telnet","n":6,"srcs":2,"from":"2026-11-22T23:28:47.103Z","to":"2026-11-22T23:28:48.000Z",
                    "why":"max_connections","top":[["10.0.0.1",2],["10.0.0.2",1]]}
                    """.ReplaceLineEndings(""),
            },
            tally.Close("telnet", Guid.Empty));
    }

    [Fact]
    public void A_flood_from_everywhere_costs_no_more_memory_and_loses_no_count_and_not_the_busiest()
    {
        var tally = new ShedTally("rate");
        for (var source = 1; source <= 50_000; source++)
        {
            tally.Count(Address(source), _start);
            tally.Count(Address(0), _start);
        }

        using var json = JsonDocument.Parse(tally.Close("telnet", Guid.Empty).Json);
        var top = json.RootElement.GetProperty("top");

        Assert.Equal(100_000, json.RootElement.GetProperty("n").GetInt64());
        Assert.Equal(ShedTally.MostSources, json.RootElement.GetProperty("srcs").GetInt32());
        Assert.Equal(10, top.GetArrayLength());
        Assert.Equal("10.0.0.0", top[0][0].GetString());
        Assert.InRange(top[0][1].GetInt64(), 50_000, 100_000);
    }

    [Fact]
    public void Each_reason_is_a_batch_of_its_own_and_the_oldest_comes_first()
    {
        var book = new ShedBook();
        book.Count("rate", Address(1), _start, 1);
        book.Count("deny", Address(2), _start, 1);
        book.Count("rate", Address(1), _start, 1);

        Assert.Equal(2, book.TakeNext("telnet")!.Connections);
        Assert.Contains("\"deny\"", book.TakeNext("telnet")!.Json, StringComparison.Ordinal);
        Assert.Null(book.TakeNext("telnet"));
        Assert.True(book.IsEmpty);
    }

    [Fact]
    public void What_could_not_be_recorded_is_tried_again_as_it_was_before_anything_new()
    {
        var book = new ShedBook();
        book.Count("rate", Address(1), _start, 1);
        var failed = book.TakeNext("telnet")!;
        book.Count("rate", Address(1), _start, 1);
        book.GiveBack(failed);

        Assert.Same(failed, book.TakeNext("telnet"));
        Assert.NotEqual(failed, book.TakeNews("telnet"));
    }

    private static InternetAddress Address(int number) => InternetAddress.FromV4(0x0a00_0000 + (uint)number);
}
