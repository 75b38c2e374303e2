using System.Threading.Tasks.Sources;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// One direction of a socket is ready: waited for by one at a time, raised by the thread that watches all sockets. A raise that finds nobody is kept, so
/// that none is lost between an EAGAIN and the waiting; it may therefore be one too many, and whoever wakes tries again.
/// </summary>
internal sealed class Signal : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private Exception? _end;
    private bool _isRaised;
    private bool _isAwaited;

    public void Raise()
    {
        lock (_gate)
        {
            if (!_isAwaited)
            {
                _isRaised = true;
                return;
            }

            _isAwaited = false;
        }

        _core.SetResult(true);
    }

    /// <summary>Nobody will ever be woken again: whoever waits, now or later, gets this.</summary>
    public void End(Exception end)
    {
        lock (_gate)
        {
            _end ??= end;
            if (!_isAwaited)
            {
                return;
            }

            _isAwaited = false;
        }

        _core.SetException(end);
    }

    public async ValueTask Wait(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Begin() is not { } version)
        {
            return;
        }

        var registration = cancellation.UnsafeRegister(static (state, token) => ((Signal)state!).Cancel(token), this);
        await using (registration.ConfigureAwait(false))
        {
            await new ValueTask(this, version).ConfigureAwait(false);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    // Null when there is nothing to wait for.
    private short? Begin()
    {
        lock (_gate)
        {
            if (_end is not null)
            {
                throw _end;
            }

            if (_isAwaited)
            {
                throw new InvalidOperationException("one read and one write at a time");
            }

            if (_isRaised)
            {
                _isRaised = false;
                return null;
            }

            _core.Reset();
            _isAwaited = true;
            return _core.Version;
        }
    }

    // Only ever called while its own wait lasts: the registration is gone before the next begins.
    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isAwaited)
            {
                return;
            }

            _isAwaited = false;
        }

        _core.SetException(new OperationCanceledException(token));
    }
}
