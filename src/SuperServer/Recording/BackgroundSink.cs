using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace SuperServer.Recording;

/// <summary>
/// Writes the log on a thread of its own: the dispatcher never waits for a terminal, a pipe or a disk. The queue is bounded;
/// what does not fit is dropped and the number told, for a log that nobody reads must not stop the door.
/// </summary>
internal sealed class BackgroundSink : ILogEventSink, IDisposable
{
    private const int Capacity = 16384;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private static readonly MessageTemplate _lost = new MessageTemplateParser().Parse(
        "{Lines} lines of this log were lost because it was not read in time");

    private readonly BlockingCollection<LogEvent> _queue = new(Capacity);
    private readonly ILogEventSink _target;
    private readonly Thread _writer;
    private int _dropped;

    public BackgroundSink(ILogEventSink target)
    {
        _target = target;
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        if (_queue.IsAddingCompleted || !_queue.TryAdd(logEvent))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is queued, but waits no longer than two seconds for a reader.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        if (_writer.Join(_patience))
        {
            _queue.Dispose();
        }
    }

    private void Write()
    {
        foreach (var line in _queue.GetConsumingEnumerable())
        {
            _target.Emit(line);
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                _target.Emit(new LogEvent(line.Timestamp, LogEventLevel.Warning, exception: null, _lost,
                    [new LogEventProperty("Lines", new ScalarValue(dropped))]));
            }
        }
    }
}
