using System.Runtime.InteropServices;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// The way out after SIGTERM: at once nobody new is let in, after the grace those who are served are asked to end, after as long again they are left, and
/// a method that holds even the main thread does not keep the process.
/// </summary>
internal sealed class Drain : IDisposable
{
    private readonly TimeSpan _grace;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _overdue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _signal;

    public Drain(TimeSpan grace)
    {
        _grace = grace;
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Obey);
    }

    /// <summary>Nobody new from now on.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>The token that handlers get.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Ends with the work, or when the time for it is over.</summary>
    public Task Bound(Task work) => Task.WhenAny(work, _overdue.Task);

    public void Dispose()
    {
        _signal.Dispose();
        _closing.Dispose();
        _stop.Dispose();
    }

    private void Obey(PosixSignalContext context)
    {
        context.Cancel = true;
        _ = Begin();
    }

    private async Task Begin()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.Delay(_grace, CancellationToken.None).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.Delay(_grace, CancellationToken.None).ConfigureAwait(false);
        _overdue.TrySetResult();
        await Task.Delay(_grace, CancellationToken.None).ConfigureAwait(false);
        Environment.Exit(ExitCode.Done);
    }
}
