using System.Globalization;
using SuperServer.Handlers.Mailer;

namespace SuperServer.Handlers.Tests.Mailer.Records;

public sealed class CollectorTests : IDisposable
{
    private readonly Newsroom _room = new(null, Collector.Feed);
    private readonly List<string> _said = [];
    private readonly AutoResetEvent _bell = new(false);

    public void Dispose()
    {
        _bell.Dispose();
        _room.Dispose();
    }

    [Fact]
    public void Lines_go_out_in_a_batch_as_they_are()
    {
        using var server = WebServer.Saying(WebServer.Ok);
        using var collector = For(server);
        var lines = Record(3);

        Round(collector);

        var request = Assert.Single(server.Requests);
        Assert.Equal(string.Concat(lines.Select(line => line.Json + "\n")), request.Body);
        Assert.Equal(("application/x-ndjson", "1-3"), (request.Headers["Content-Type"], request.Headers["X-SuperServer-Lines"]));
        Assert.Equal("\"superserver/0123456789abcdef/1-3\"", request.Headers["Idempotency-Key"]);
        Assert.False(_room.Store.HasUntoldRecords);
    }

    [Theory]
    [InlineData("500 Oops")]
    [InlineData("429 Slow down")]
    [InlineData("410 Gone")]
    [InlineData("400 Bad Request")]
    [InlineData("302 Found")]
    public void Whatever_the_answer_no_line_is_left_out(string status)
    {
        using var server = new WebServer((number, stream, stop) =>
            WebServer.Say(stream, number == 1 ? WebServer.Status(status) : WebServer.Ok, stop));
        using var collector = For(server);
        Record(2);

        Round(collector);
        Assert.True(_room.Store.HasUntoldRecords);
        collector.Turn();
        Assert.Single(server.Requests);

        _room.Clock.Pass(TimeSpan.FromSeconds(6));
        Round(collector);
        Assert.Equal(server.Requests[0].Body, server.Requests[1].Body);
        Assert.False(_room.Store.HasUntoldRecords);
        Assert.Equal(2, _said.Count);
        Assert.Contains($"does not take the records; they are kept and tried again: {status}", _said[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Retry-After: 600\r\n", 600)]
    [InlineData("Retry-After: 1\r\n", 6)]
    [InlineData("Retry-After: 86400\r\n", 3600)]
    public void It_is_as_patient_as_it_is_asked_to_be_within_reason(string header, int seconds)
    {
        using var server = WebServer.Saying(WebServer.Status("429 Slow down", header));
        using var collector = For(server);
        Record(1);
        Round(collector);

        _room.Clock.Pass(TimeSpan.FromSeconds(seconds > 6 ? seconds - 1 : 3));
        collector.Turn();
        Assert.Single(server.Requests);

        _room.Clock.Pass(TimeSpan.FromSeconds(3));
        Round(collector);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public void Each_failure_is_followed_by_a_longer_pause()
    {
        using var server = WebServer.Saying(WebServer.Status("500 Oops"));
        using var collector = For(server);
        Record(1);
        Round(collector);
        _room.Clock.Pass(TimeSpan.FromSeconds(6));
        Round(collector);

        _room.Clock.Pass(TimeSpan.FromSeconds(11));
        collector.Turn();
        Assert.Equal(2, server.Requests.Count);

        _room.Clock.Pass(TimeSpan.FromSeconds(7));
        Round(collector);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void A_batch_that_is_too_large_is_sent_in_parts()
    {
        using var server = new WebServer((_, stream, stop) => WebServer.Say(stream, WebServer.Ok, stop));
        using var small = new WebServer((_, stream, stop) => WebServer.Say(stream, WebServer.Status("413 Too Large"), stop));
        using var collector = For(small);
        Record(4);

        Round(collector);
        Round(collector);

        Assert.Equal(["1-4", "1-2"], small.Requests.Select(request => request.Headers["X-SuperServer-Lines"]));
        Assert.Empty(_said);
    }

    [Fact]
    public void A_line_that_is_too_large_by_itself_is_not_left_out()
    {
        using var server = WebServer.Saying(WebServer.Status("413 Too Large"));
        using var collector = For(server);
        Record(1);

        Round(collector);

        Assert.True(_room.Store.HasUntoldRecords);
        Assert.Single(_said);
    }

    [Fact]
    public void A_batch_has_a_bound_and_the_rest_follows()
    {
        using var server = WebServer.Saying(WebServer.Ok);
        using var collector = For(server);
        Record(Collector.MostLines + 1);

        Round(collector);
        Round(collector);

        Assert.Equal(
            ["1-500", "501-501"], server.Requests.Select(request => request.Headers["X-SuperServer-Lines"]));
    }

    [Fact]
    public void What_was_taken_and_not_booked_comes_again()
    {
        using var server = WebServer.Saying(WebServer.Ok);
        Record(2);
        using (var first = For(server))
        {
            first.Turn();
            Assert.True(_bell.WaitOne(TimeSpan.FromSeconds(20)));
        }

        using var second = For(server);
        Round(second);

        Assert.Equal(server.Requests[0].Body, server.Requests[1].Body);
        Assert.False(_room.Store.HasUntoldRecords);
    }

    [Fact]
    public void An_end_does_not_wait_for_a_collector_that_hangs()
    {
        using var server = new WebServer((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        using var collector = For(server);
        Record(1);
        collector.Turn();

        collector.Finish(TimeSpan.FromMilliseconds(50));

        Assert.True(_room.Store.HasUntoldRecords);
        Assert.Empty(_said);
    }

    private Collector For(WebServer server) => new(
        _room.Store, new WebTarget { Address = server.Address }, Newsroom.House, () => _bell.Set(), new FeedTroubles(_room.Clock, _said.Add), _room.Clock);

    private List<RecordLine> Record(int count)
    {
        _room.Store.TakeIn(new Batch(
            [.. Enumerable.Range(0, count).Select(_ => Workshop.SomeTouch())], 0, new SegmentCursor(Workshop.LaneName, 1, 1)));
        var chronicler = _room.NewChronicler();
        while (chronicler.Turn(hurry: true))
        {
        }

        var lines = _room.Store.LinesFor(Collector.Feed, 10_000);
        Assert.Equal(count, lines.Count);
        return lines;
    }

    // One attempt, booked.
    private void Round(Collector collector)
    {
        collector.Turn();
        Assert.True(_bell.WaitOne(TimeSpan.FromSeconds(20)), string.Create(CultureInfo.InvariantCulture, $"no attempt ({_said.Count} said)"));
        collector.Finish(TimeSpan.FromSeconds(20));
    }
}
