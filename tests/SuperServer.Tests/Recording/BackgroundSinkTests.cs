using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using SuperServer.Recording;

namespace SuperServer.Tests.Recording;

public sealed class BackgroundSinkTests
{
    private const int Capacity = 16384;

    [Fact]
    public void Every_line_is_written_in_its_order_before_the_log_is_closed()
    {
        var target = new CollectingSink();
        using (var log = LoggerOf(new BackgroundSink(target)))
        {
            for (var line = 0; line < 5000; line++)
            {
                log.Information("{Line}", line);
            }
        }

        Assert.Equal(Enumerable.Range(0, 5000).Select(line => line.ToString(CultureInfo.InvariantCulture)), target.Lines);
    }

    [Fact]
    public void A_log_that_nobody_reads_stops_nobody_and_says_at_last_how_much_was_lost()
    {
        var target = new StuckSink();
        using (var log = LoggerOf(new BackgroundSink(target)))
        {
            log.Information("first");
            Assert.True(SpinWait.SpinUntil(() => target.HasBegun, TimeSpan.FromSeconds(10)));
            for (var line = 0; line < Capacity + 7; line++)
            {
                log.Information("more");
            }

            target.GoOn();
        }

        Assert.Equal(1 + Capacity + 1, target.Written.Events.Count);
        Assert.Equal("7 lines of this log were lost because it was not read in time", target.Written.Lines.ElementAt(1));
    }

    [Fact]
    public void A_log_that_is_never_read_again_does_not_keep_the_daemon_from_ending()
    {
        var target = new StuckSink();
        var before = Environment.TickCount64;
        using (var log = LoggerOf(new BackgroundSink(target)))
        {
            log.Information("never written");
        }

        Assert.InRange(Environment.TickCount64 - before, 1_000, 20_000);
        target.GoOn();
    }

    private static Logger LoggerOf(BackgroundSink sink) => new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();

    private sealed class StuckSink : ILogEventSink
    {
        private readonly TaskCompletionSource _mayGoOn = new();
        private volatile bool _hasBegun;

        public CollectingSink Written { get; } = new();

        public bool HasBegun => _hasBegun;

        public void GoOn() => _mayGoOn.SetResult();

        public void Emit(LogEvent logEvent)
        {
            _hasBegun = true;
            _mayGoOn.Task.Wait();
            Written.Emit(logEvent);
        }
    }
}
