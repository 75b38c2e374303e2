using SuperServer.Configuration;

namespace SuperServer.Hosting;

/// <summary>
/// Looks after the files of sets on a thread of its own, so that a million networks are read while the door stays open.
/// </summary>
/// <param name="patrol">Looks and reads.</param>
/// <param name="tell">Called on the watch's own thread.</param>
internal sealed class SetWatch(SetPatrol patrol, Action<SetNews> tell) : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(2);

    private readonly AutoResetEvent _wake = new(initialState: false);
    private volatile NamedSet[] _sets = [];
    private volatile bool _isOver;
    private Thread? _thread;

    /// <summary>The sets of the configuration in force, from now on. Without any nothing is looked at. Never waits.</summary>
    public void Watch(ValueList<NamedSet> sets)
    {
        _sets = [.. sets];
        if (_thread is not null)
        {
            _ = _wake.Set();
        }
        else if (sets.Count > 0)
        {
            _thread = new Thread(GoOn) { IsBackground = true, Name = "sets" };
            _thread.Start();
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _ = _wake.Set();
        _thread?.Join();
        _wake.Dispose();
    }

    private void GoOn()
    {
        while (!_isOver)
        {
            var sets = _sets;
            patrol.Look(sets, tell);
            _ = _wake.WaitOne(sets.Length == 0 ? Timeout.InfiniteTimeSpan : _pause);
        }
    }
}
