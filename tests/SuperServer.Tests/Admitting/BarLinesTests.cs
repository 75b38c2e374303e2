using System.Globalization;
using CsCheck;
using SuperServer.Admitting;

namespace SuperServer.Tests.Admitting;

public sealed class BarLinesTests
{
    private const string Line = "192.0.2.7/32 since=2026-11-23T09:50:00Z until=2026-11-23T10:00:00Z strikes=2 by=telnet";

    private static readonly TimeSpan _now = TimeSpan.FromDays(3);
    private static readonly DateTime _utc = new(2026, 11, 23, 9, 55, 0, DateTimeKind.Utc);
    private static readonly Gen<long> _spans = Gen.Long[0, Bar.Longest.Ticks];
    private static readonly Source _source = Source.Network(0xc0000207, Source.Kind.V4, 32);

    [Fact]
    public void A_bar_is_a_line()
    {
        var bar = new Bar(_now - TimeSpan.FromMinutes(5), _now + TimeSpan.FromMinutes(5), 2, "telnet");

        Assert.Equal(Line + "\n", BarLines.Write([(_source, bar)], _now, _utc));
        Assert.Equal([(_source, bar)], Read(Line).Bars);
    }

    [Fact]
    public void What_is_written_is_read_to_the_second() =>
        Gen.Select(SourceTests.Any, _spans, _spans, Gen.Int[1, 7]).Sample((source, length, age, strikes) =>
        {
            var since = _now - new TimeSpan(age % (length + 1));
            var bar = new Bar(since, since + new TimeSpan(length), strikes, "some.service-1_x");

            var (bars, broken) = BarLines.Read(BarLines.Write([(source, bar)], _now, _utc), _now, _utc);

            var (readSource, read) = bars.Single();
            return broken.Count == 0 && readSource == source && (read.Strikes, read.By) == (strikes, bar.By)
                && Math.Abs((read.Until - bar.Until).Ticks) <= TimeSpan.TicksPerSecond
                && Math.Abs((read.Since - bar.Since).Ticks) <= TimeSpan.TicksPerSecond;
        });

    [Theory]
    [InlineData("1970-01-01T00:00:10Z")]
    [InlineData("2026-11-23T09:49:59Z")]
    public void A_machine_whose_clock_is_behind_bars_nobody_for_longer_than_was_meant(string wrong) =>
        Assert.Equal(TimeSpan.FromMinutes(10), Assert.Single(Read(Line, wrong).Bars).Bar.Until - _now);

    [Fact]
    public void A_machine_whose_clock_was_ahead_when_it_wrote_bars_nobody_for_longer_than_was_meant() =>
        Assert.Equal(
            TimeSpan.FromMinutes(10),
            Assert.Single(Read(Line.Replace("2026", "2099", StringComparison.Ordinal)).Bars).Bar.Until - _now);

    [Fact]
    public void A_bar_that_is_over_is_read_for_its_strikes()
    {
        var bar = Assert.Single(Read(Line, "2026-11-23T22:00:00Z").Bars).Bar;

        Assert.False(bar.Holds(_now));
        Assert.Equal(_now - TimeSpan.FromHours(12), bar.Until);
        Assert.Equal(2, bar.StrikesLeft(_now));
    }

    [Theory]
    [InlineData("192.0.2.7/24")]
    [InlineData("nonsense")]
    [InlineData(" ")]
    [InlineData("192.0.2.7/32 until=2026-11-23T10:00:00Z strikes=2 by=telnet")]
    [InlineData("192.0.2.7/32 until=2026-11-23T10:00:00Z since=2026-11-23T09:50:00Z strikes=2 by=telnet")]
    [InlineData("192.0.2.7/32 since=2026-11-23T10:00:01Z until=2026-11-23T10:00:00Z strikes=2 by=telnet")]
    [InlineData("192.0.2.7/32 since=2026-11-23T09:50:00 until=2026-11-23T10:00:00Z strikes=2 by=telnet")]
    [InlineData("192.0.2.7/32 since=2026-11-23T09:50:00Z until=2026-13-23T10:00:00Z strikes=2 by=telnet")]
    [InlineData("192.0.2.7/32 since=2026-11-23T09:50:00Z until=2026-11-23T10:00:00Z strikes=0 by=telnet")]
    [InlineData("192.0.2.7/32 since=2026-11-23T09:50:00Z until=2026-11-23T10:00:00Z strikes=8 by=telnet")]
    [InlineData("192.0.2.7/32 since=2026-11-23T09:50:00Z until=2026-11-23T10:00:00Z strikes=2 by=")]
    [InlineData("192.0.2.7/32 since=2026-11-23T09:50:00Z until=2026-11-23T10:00:00Z strikes=2 by=TELNET")]
    [InlineData("192.0.2.7/32 since=2026-11-23T09:50:00Z until=2026-11-23T10:00:00Z strikes=2 by=telnet more")]
    public void A_broken_line_is_passed_over_and_named(string broken)
    {
        var (bars, lines) = Read($"{Line}\n{broken}\n\n{Line}\n");

        Assert.Equal(2, bars.Count);
        Assert.Equal([2], lines);
    }

    [Fact]
    public void No_text_makes_it_throw() =>
        Gen.Select(Gen.Int[0, Line.Length], Gen.Int[0, 30], Gen.String).Sample((at, count, text) =>
        {
            var rest = Line[Math.Min(Line.Length, at + count)..];
            var (bars, broken) = Read($"{Line[..at]}{text}{rest}");
            return bars.Count + broken.Count >= 0;
        });

    [Fact]
    public void What_is_recalled_is_found_and_what_is_forgotten_is_not()
    {
        var bars = new BarredSources();
        bars.Recall(
            Read($"""
            {Line}
            192.0.2.8/32 since=2026-11-20T09:50:00Z until=2026-11-20T10:00:00Z strikes=2 by=telnet
            """).Bars,
            _now);

        Assert.Equal([_source], bars.All().Select(entry => entry.Source));
    }

    private static (IReadOnlyList<(Source Source, Bar Bar)> Bars, IReadOnlyList<int> BrokenLines) Read(
        string text, string? utc = null) =>
        BarLines.Read(text, _now, utc is null ? _utc : DateTime.Parse(utc, CultureInfo.InvariantCulture).ToUniversalTime());
}
