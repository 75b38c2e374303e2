using System.Collections.Concurrent;
using System.Net;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The threads that wait for the resolver, so that nobody else does: neither the loop nor the thread pool, which forty dead
/// lookups would starve. When the resolver seems dead it is left alone for a while.
/// </summary>
internal sealed class Resolvers
{
    private const int Threads = 4;
    private const int LongestQueue = 200;
    private const int DeadAfter = 3;
    private static readonly TimeSpan _leftAlone = TimeSpan.FromSeconds(60);

    private readonly Queue<Action> _questions = new();
    private readonly ConcurrentDictionary<IPAddress, Finding?> _answers = new();
    private readonly Func<IPAddress, Finding> _find;
    private readonly TimeProvider _clock;
    private int _timeoutsInARow;
    private long _deadSince;
    private bool _started;

    public Resolvers(Func<IPAddress, Finding> find, TimeProvider clock)
    {
        _find = find;
        _clock = clock;
    }

    /// <summary>Asks, if nobody did yet and there is room; the answer comes later, or not at all.</summary>
    public void Ask(IPAddress address)
    {
        lock (_questions)
        {
            if (!IsLeftAlone && _questions.Count < LongestQueue && _answers.TryAdd(address, null))
            {
                Enqueue(() => Answer(address));
            }
        }
    }

    /// <summary>Has another lookup done that blocks; false when there is no room now. It must not throw.</summary>
    public bool Do(Action lookup)
    {
        lock (_questions)
        {
            if (_questions.Count >= LongestQueue)
            {
                return false;
            }

            Enqueue(lookup);
            return true;
        }
    }

    /// <summary>True while the answer to an asked question is still to come.</summary>
    public bool IsOpen(IPAddress address) => _answers.TryGetValue(address, out var answer) && answer is null;

    /// <summary>Hands over what was found since the last call.</summary>
    public List<KeyValuePair<IPAddress, Finding>> Collect()
    {
        var found = new List<KeyValuePair<IPAddress, Finding>>();
        foreach (var (address, answer) in _answers)
        {
            if (answer is not null && _answers.TryRemove(address, out _))
            {
                found.Add(new(address, answer));
            }
        }

        return found;
    }

    private bool IsLeftAlone =>
        Volatile.Read(ref _timeoutsInARow) >= DeadAfter && _clock.GetElapsedTime(Volatile.Read(ref _deadSince)) < _leftAlone;

    // The threads come with the first question and stay: one that waits for a resolver cannot be told to end.
    private void Enqueue(Action question)
    {
        _questions.Enqueue(question);
        Monitor.Pulse(_questions);
        for (var i = 0; !_started && i < Threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = $"resolver {i}" }.Start();
        }

        _started = true;
    }

    private void Work()
    {
        while (true)
        {
            NextQuestion()();
        }
    }

    // A question that was left alone was not answered: nobody is to remember it as such.
    private void Answer(IPAddress address)
    {
        if (IsLeftAlone)
        {
            _answers.TryRemove(address, out _);
        }
        else
        {
            _answers[address] = Find(address);
        }
    }

    private Action NextQuestion()
    {
        lock (_questions)
        {
            while (_questions.Count == 0)
            {
                Monitor.Wait(_questions);
            }

            return _questions.Dequeue();
        }
    }

    private Finding Find(IPAddress address)
    {
        var finding = _find(address);
        if (finding.State != FindingState.TimedOut)
        {
            Volatile.Write(ref _timeoutsInARow, 0);
        }
        else if (Interlocked.Increment(ref _timeoutsInARow) >= DeadAfter)
        {
            Volatile.Write(ref _deadSince, _clock.GetTimestamp());
        }

        return finding;
    }
}
