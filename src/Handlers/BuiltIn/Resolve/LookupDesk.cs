using System.Net;

namespace SuperServer.Handlers.BuiltIn.Resolve;

/// <summary>
/// Takes questions and has them looked up by threads of its own, since a resolver blocks for as long as it likes. Questions about
/// one address share a lookup; none waits longer than the patience; what was found is remembered for a while.
/// </summary>
/// <param name="find">Blocks.</param>
/// <param name="answer">Called on any thread, once for each question, with the confirmed name or null.</param>
/// <param name="clock">Ages the answers and ends the patience.</param>
internal sealed class LookupDesk(Func<IPAddress, Finding> find, Action<Question, string?> answer, TimeProvider clock)
{
    public const int MostThreads = 32;
    public const int MostQuestions = 1_000;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly object _desk = new();
    private readonly NameCache _cache = new(clock);
    private readonly Dictionary<IPAddress, List<Pending>> _open = [];
    private readonly Queue<IPAddress> _toDo = new();
    private readonly Queue<Pending> _inOrder = new();
    private int _threads;
    private int _idle;

    /// <summary>How long until <see cref="Expire"/> has something to do; null when nobody waits.</summary>
    public TimeSpan? UntilDeadline
    {
        get
        {
            lock (_desk)
            {
                ForgetAnswered();
                return _inOrder.TryPeek(out var first) ? Max(Patience - clock.GetElapsedTime(first.Since)) : null;
            }
        }
    }

    public void Ask(Question question)
    {
        string? name;
        lock (_desk)
        {
            if (!_cache.TryGet(question.Address, out name) && Accept(question))
            {
                return;
            }
        }

        answer(question, name);
    }

    /// <summary>Whoever has waited for too long gets no name.</summary>
    public void Expire()
    {
        var late = new List<Pending>();
        lock (_desk)
        {
            while (_inOrder.TryPeek(out var first) && clock.GetElapsedTime(first.Since) >= Patience)
            {
                _ = _inOrder.Dequeue();
                if (!first.IsAnswered)
                {
                    late.Add(first.Close());
                }
            }
        }

        late.ForEach(pending => answer(pending.Question, null));
    }

    /// <summary>False when there are too many: then the address has no name.</summary>
    private bool Accept(Question question)
    {
        ForgetAnswered();
        if (_inOrder.Count >= MostQuestions)
        {
            return false;
        }

        var pending = new Pending(question, clock.GetTimestamp());
        _inOrder.Enqueue(pending);
        if (_open.TryGetValue(question.Address, out var others))
        {
            others.Add(pending);
            return true;
        }

        _open.Add(question.Address, [pending]);
        _toDo.Enqueue(question.Address);
        WakeSomebody();
        return true;
    }

    private void WakeSomebody()
    {
        if (_idle < _toDo.Count && _threads < MostThreads)
        {
            _threads++;
            new Thread(Work) { IsBackground = true, Name = "lookup" }.Start();
        }

        Monitor.Pulse(_desk);
    }

    // The threads live as long as the program: one that waits for a resolver cannot be told to end.
    private void Work()
    {
        while (true)
        {
            var address = NextAddress();
            var finding = find(address);
            foreach (var pending in Close(address, finding))
            {
                answer(pending.Question, finding.Trusted);
            }
        }
    }

    private IPAddress NextAddress()
    {
        lock (_desk)
        {
            while (true)
            {
                while (_toDo.TryDequeue(out var address))
                {
                    if (_open[address].Exists(pending => !pending.IsAnswered))
                    {
                        return address;
                    }

                    _open.Remove(address);      // all who asked have gone
                }

                _idle++;
                Monitor.Wait(_desk);
                _idle--;
            }
        }
    }

    private List<Pending> Close(IPAddress address, Finding finding)
    {
        lock (_desk)
        {
            _cache.Keep(address, finding);
            _ = _open.Remove(address, out var all);
            return [.. all!.Where(pending => !pending.IsAnswered).Select(pending => pending.Close())];
        }
    }

    private void ForgetAnswered()
    {
        while (_inOrder.TryPeek(out var first) && first.IsAnswered)
        {
            _ = _inOrder.Dequeue();
        }
    }

    private static TimeSpan Max(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>A question that waits, until it has its one answer.</summary>
    private sealed class Pending(Question question, long since)
    {
        public Question Question => question;

        public long Since => since;

        public bool IsAnswered { get; private set; }

        public Pending Close()
        {
            IsAnswered = true;
            return this;
        }
    }
}
