using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;
using SuperServer.Interop;

namespace SuperServer.Recording;

/// <summary>
/// Writes the log on a thread of its own: the dispatcher never waits for a terminal, a pipe or a disk. The queue is bounded;
/// what does not fit is dropped and the number told, for a log that nobody reads must not stop the door.
/// </summary>
internal sealed unsafe class BackgroundSink : ILogEventSink, IDisposable
{
    private const int Capacity = 16384;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private static readonly MessageTemplate _lost = new MessageTemplateParser().Parse(
        "{Lines} lines of this log were lost because it was not read in time");

    // The writer sleeps after every few lines. Whatever the runtime has to wait for spins first, which costs more than a
    // connection does; a read from an eventfd just sleeps.
    private readonly FileDescriptor _wake = Libc.eventfd(0, Libc.EFD_CLOEXEC);
    private readonly ConcurrentQueue<LogEvent> _queue = [];
    private readonly ILogEventSink _target;
    private readonly Thread _writer;
    private int _length;
    private int _dropped;
    private int _isAsleep;
    private volatile bool _isClosed;

    public BackgroundSink(ILogEventSink target)
    {
        _target = target;
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        if (_isClosed || Volatile.Read(ref _length) >= Capacity)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        Interlocked.Increment(ref _length);
        _queue.Enqueue(logEvent);
        if (Interlocked.Exchange(ref _isAsleep, 0) == 1)
        {
            Wake();
        }
    }

    /// <summary>Writes what is queued, but waits no longer than two seconds for a reader.</summary>
    public void Dispose()
    {
        _isClosed = true;
        Wake();
        if (_writer.Join(_patience))
        {
            _wake.Dispose();
        }
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

    // The next line; null when there will be none. Who falls asleep says so first and looks once more then: a line that came in
    // between is either seen by that look, or was queued by somebody who wakes us.
    private LogEvent? Take()
    {
        LogEvent? line;
        while (!_queue.TryDequeue(out line) && !_isClosed)
        {
            _ = Interlocked.Exchange(ref _isAsleep, 1);
            if (_queue.IsEmpty && !_isClosed)
            {
                ulong count;
                _ = Libc.read(_wake.Number, (byte*)&count, sizeof(ulong));
            }

            _ = Interlocked.Exchange(ref _isAsleep, 0);
        }

        if (line is not null || _queue.TryDequeue(out line))
        {
            Interlocked.Decrement(ref _length);
        }

        return line;
    }

    private void Wake()
    {
        ulong one = 1;
        _ = Libc.write(_wake.Number, (byte*)&one, sizeof(ulong));
    }
}
