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

    // A plain queue under a lock: a collection that blocks spins before it sleeps, and the writer sleeps after every few lines.
    private readonly Queue<LogEvent> _queue = [];
    private readonly ILogEventSink _target;
    private readonly Thread _writer;
    private int _dropped;
    private bool _isClosed;

    public BackgroundSink(ILogEventSink target)
    {
        _target = target;
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_queue)
        {
            if (_isClosed || _queue.Count >= Capacity)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            _queue.Enqueue(logEvent);
            if (_queue.Count == 1)
            {
                Monitor.Pulse(_queue);
            }
        }
    }

    /// <summary>Writes what is queued, but waits no longer than two seconds for a reader.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _isClosed = true;
            Monitor.Pulse(_queue);
        }

        _ = _writer.Join(_patience);
    }

    private void Write()
    {
        while (Take() is { } line)
        {
            _target.Emit(line);
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                _target.Emit(new LogEvent(line.Timestamp, LogEventLevel.Warning, exception: null, _lost,
                    [new LogEventProperty("Lines", new ScalarValue(dropped))]));
            }
        }
    }

    // The next line; null when there will be none.
    private LogEvent? Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_queue);
            }

            return _queue.TryDequeue(out var line) ? line : null;
        }
    }
}
