namespace SuperServer.Handlers.Serving;

/// <summary>Who is here: how many may come, whether the last has gone, and since when nobody has been here.</summary>
internal sealed class Attendance : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _patience;
    private readonly SemaphoreSlim? _places;
    private readonly CancellationTokenSource _idle = new();
    private TaskCompletionSource? _lastHasGone;
    private int _present;

    /// <param name="patience">How long nobody may be here before <see cref="Idle"/>; it begins now.</param>
    /// <param name="places">How many may be here at once; null for as many as come.</param>
    public Attendance(TimeSpan patience, int? places)
    {
        _patience = patience;
        _places = places is { } most ? new SemaphoreSlim(Math.Max(1, most)) : null;
        _idle.CancelAfter(patience);
    }

    /// <summary>Nobody has been here for too long.</summary>
    public CancellationToken Idle => _idle.Token;

    /// <summary>Waits for a free place; it is taken by <see cref="Enter"/>, or has to be given back.</summary>
    public Task WaitForPlace(CancellationToken cancellation) => _places?.WaitAsync(cancellation) ?? Task.CompletedTask;

    public void Enter()
    {
        lock (_gate)
        {
            _present++;
            _idle.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Leave()
    {
        _places?.Release();
        lock (_gate)
        {
            if (--_present == 0)
            {
                _idle.CancelAfter(_patience);
                _lastHasGone?.TrySetResult();
            }
        }
    }

    /// <summary>Nobody new will come: ends when the last has gone.</summary>
    public Task WhenEmpty()
    {
        lock (_gate)
        {
            if (_present == 0)
            {
                return Task.CompletedTask;
            }

            _lastHasGone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _lastHasGone.Task;
        }
    }

    public void Dispose()
    {
        _idle.Dispose();
        _places?.Dispose();
    }
}
