using SuperServer.Handlers.Alerts;
using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// All visits of a process that serves many, on one thread. In each turn: those who have said or waited something, then the arrivals, then
/// the disk; nobody is answered before the disk has confirmed his record. Where arrivals come from is the derived class's.
/// </summary>
internal abstract class VisitLoop
{
    /// <summary>Arrivals taken in one turn from one place, so that those who are there get theirs.</summary>
    protected const int MostAtOnce = Batch.MaxRecords;

    private readonly Policies _policies;
    private readonly Batch _batch;
    private readonly Dictionary<int, Visit> _parting = [];
    private readonly PriorityQueue<Visit, long> _wakes = new();
    private readonly TarpitRoom _tarpit;
    private readonly StopSignal _stop;
    private int _visits;

    protected VisitLoop(Site site, Policies policies, Journal journal)
    {
        Site = site;
        _policies = policies;
        _batch = new Batch(journal, LastResort.Of(journal), Part);
        _tarpit = new TarpitRoom(policies.Tarpit.Within(Confinement.MostDescriptors()));
        _stop = StopSignal.Watch(Poller);
    }

    protected Site Site { get; }

    protected Poller Poller { get; } = new();

    /// <summary>Nobody is there, and nothing is left to write.</summary>
    protected bool IsEmpty => _visits == 0 && _batch.DueAt == long.MaxValue;

    /// <summary>SIGTERM has come: who is there is seen off, and nobody else is taken.</summary>
    protected bool IsStopping => _stop.HasCome;

    /// <summary>The worst that has become of a touch.</summary>
    protected Kept Worst { get; private set; } = Kept.Recorded;

    /// <summary>A socket that is no visitor's is ready.</summary>
    protected abstract void TakeArrivals(int socket);

    /// <summary>Somebody has come or has gone.</summary>
    protected virtual void Moved(long now)
    {
    }

    /// <summary>A visit is over, its end recorded and its socket closed.</summary>
    protected virtual void Ended(Visit visit)
    {
    }

    /// <param name="until">When the derived class has something to do, on the clock of <see cref="Environment.TickCount64"/>.</param>
    protected void Turn(long until)
    {
        Poller.Wait(Timeout(until));
        var now = Environment.TickCount64;
        ContinueVisits(now);
        Wake(now);
        if (IsStopping)
        {
            Poller.Forget(_stop.Descriptor);
            EmptyTarpit(now);
        }

        // After the endings: a new client may have the number of a socket that was just closed.
        for (var index = 0; index < Poller.Count; index++)
        {
            TakeArrivals(Poller.Ready(index).Socket);
        }

        _batch.Write();
        if (_batch.IsDue(Environment.TickCount64))
        {
            _batch.Sync();
        }
    }

    private void ContinueVisits(long now)
    {
        for (var index = 0; index < Poller.Count; index++)
        {
            if (_parting.TryGetValue(Poller.Ready(index).Socket, out var visit))
            {
                Step(visit, visit.Parting!, now);
            }
        }
    }

    /// <summary>The policy for a port, as far as there is room for it: who finds none in the tarpit is closed.</summary>
    protected (Policy Policy, string Action) Treat(Peer client, int? port)
    {
        var policy = PolicyFor(port);
        var hasRoom = policy.OnConnect != Policy.Tarpit || _tarpit.TryEnter(client.Address);
        return (policy, hasRoom ? policy.OnConnect : Policy.Close);
    }

    protected Policy PolicyFor(int? port) => _policies.For(port);

    /// <summary>Takes somebody in: his record goes with the next batch.</summary>
    protected void Welcome(Visit visit)
    {
        var now = Environment.TickCount64;
        _visits++;
        _batch.Add(AlertWriter.Write(visit.Touch), visit, now);
        Moved(now);
    }

    private int Timeout(long until)
    {
        var next = Math.Min(until, _batch.DueAt);
        if (_wakes.TryPeek(out _, out var wake))
        {
            next = Math.Min(next, wake);
        }

        return next == long.MaxValue ? -1 : (int)Math.Clamp(next - Environment.TickCount64, 0, int.MaxValue);
    }

    private void Part(Visit visit, Kept kept)
    {
        Worst = kept < Worst ? kept : Worst;
        var now = Environment.TickCount64;
        var parting = visit.Part(kept, _policies.Tarpit, now);
        if (parting.IsOver || !Poller.TryWatch(visit.Socket, parting.Awaits))
        {
            End(visit, parting, now);
            return;
        }

        _parting.Add(visit.Socket, visit);
        _wakes.Enqueue(visit, parting.WakesAt);
    }

    private void Step(Visit visit, Parting parting, long now)
    {
        var before = parting.Awaits;
        parting.Step(now);
        if (parting.IsOver)
        {
            End(visit, parting, now);
        }
        else if (parting.Awaits != before)
        {
            Poller.Change(visit.Socket, parting.Awaits);
        }
    }

    private void Wake(long now)
    {
        while (_wakes.TryPeek(out var visit, out var due) && (visit.Parting!.IsOver || due <= now))
        {
            _wakes.Dequeue();
            var parting = visit.Parting;
            if (!parting.IsOver)
            {
                Step(visit, parting, now);
                Sleep(visit, parting);
            }
        }
    }

    private void Sleep(Visit visit, Parting parting)
    {
        if (!parting.IsOver)
        {
            _wakes.Enqueue(visit, parting.WakesAt);
        }
    }

    private void EmptyTarpit(long now)
    {
        foreach (var visit in _parting.Values.Where(visit => visit.Touch.Action == Policy.Tarpit).ToList())
        {
            visit.Parting!.End(Parting.Stopped);
            End(visit, visit.Parting, now);
        }
    }

    private void End(Visit visit, Parting parting, long now)
    {
        if (visit.Kept == Kept.Recorded)
        {
            _batch.Add(AlertWriter.Write(visit.End(parting)), visit: null, now);
        }

        if (visit.Touch.Action == Policy.Tarpit)
        {
            _tarpit.Leave(visit.Touch.Source.Address);
        }

        if (_parting.Remove(visit.Socket))
        {
            Poller.Forget(visit.Socket);
        }

        parting.Close();
        _visits--;
        Ended(visit);
        Moved(now);
    }
}
