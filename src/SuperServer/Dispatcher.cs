using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Recording;

namespace SuperServer;

/// <summary>
/// The loop. One thread owns every table, waits for what becomes ready, and carries values from stage to stage; it never
/// blocks and takes no lock. No stage calls another: what one says to the next goes through here.
/// </summary>
internal sealed partial class Dispatcher : IDisposable
{
    private static readonly TimeSpan _resourcePause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _floodCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _managerCheck = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _patienceWithManager = TimeSpan.FromSeconds(1);

    private readonly Journal _journal;
    private readonly ServiceManager _manager;
    private readonly TimeProvider _clock;
    private readonly IReadOnlyCollection<EnvironmentVariable> _inherited;
    private readonly Func<ServerConfiguration, ConfigurationReading> _readAgain;
    private readonly InheritedSockets _handedOver = InheritedSockets.Take(Environment.GetEnvironmentVariable);

    private readonly Poller _poller = new();
    private readonly SignalQueue _signals = new();
    private readonly Mailbox _mailbox = new();
    private readonly Agenda _agenda = new();
    private readonly Gate _gate;
    private readonly Launcher _launcher;
    private readonly DescriptorReserve _reserve = new();

    private readonly Dictionary<string, Service> _services = [];
    private readonly Dictionary<int, Entrance> _entrances = [];
    private readonly Dictionary<int, Resident> _residents = [];
    private readonly Dictionary<int, ChildWords> _words = [];
    private readonly List<int> _ready = [];

    private ServerConfiguration _configuration;
    private Moment _moment;
    private int _lastNumber;
    private bool _floodsAreOpen;
    private bool _stopping;

    public Dispatcher(
        ServerConfiguration configuration,
        IReadOnlyCollection<EnvironmentVariable> inherited,
        Func<ServerConfiguration, ConfigurationReading> readAgain,
        Journal journal,
        ServiceManager manager,
        TimeProvider clock,
        OwnTasks tasks,
        Stint? stint = null)
    {
        (_configuration, _inherited, _readAgain) = (configuration, inherited, readAgain);
        (_journal, _manager, _clock) = (journal, manager, clock);
        _stint = stint ?? Stint.ForEver;
        _clientsToCome = _stint.Clients;
        _barsFile = new BarsFile(_stint.IsPassing ? null : configuration.Daemon.StateDirectory);
        _gate = new Gate(configuration.House);
        _launcher = new Launcher(clock);
        _task = new Service(++_lastNumber, tasks.Rehearsal, inherited);
        _resolver = new Service(++_lastNumber, tasks.Resolver, inherited);
        _porter = tasks.Porter;
        _sets = WatchSets();
        Watch(_signals.Descriptor, Readiness.Signal);
        Watch(_mailbox.Descriptor, Readiness.Mail);
        _somebodyMindsTheLoad = MindsTheLoad(configuration);
        ReadClock();
    }

    /// <summary>The loop has turned for the last time.</summary>
    public bool IsDone => _stopping;

    private TimeSpan Now => _clock.GetElapsedTime(0);

    /// <summary>Opens the door. False when not one of the services could be opened and waiting will not help.</summary>
    /// <param name="estate">What a predecessor in this process has left; null for a start from nothing.</param>
    public bool Open(Estate? estate = null)
    {
        if (estate is not null)
        {
            Inherit(estate);
        }

        RecallBars();
        var hopeless = 0;
        foreach (var definition in _configuration.Services)
        {
            foreach (var entrance in Enrol(definition))
            {
                hopeless += TryOpen(entrance) ? 0 : 1;
            }
        }

        foreach (var name in _handedOver.CloseTheRest())
        {
            _journal.NobodyWants(name);
        }

        if (estate is not null)
        {
            InheritChildren(estate);
        }
        else if (hopeless > 0 && (hopeless == _entrances.Count || _stint.IsPassing))
        {
            _journal.NothingToServe();
            return false;
        }

        _sets.Watch(_configuration.Sets);
        OpenDesk();
        _journal.Serving(_configuration.Services.Count, Environment.UserName);
        _manager.Ready(Status);
        _manager.CatchUp(_patienceWithManager);
        SetWatchdog();
        return true;
    }

    public void Run()
    {
        while (!IsDone)
        {
            Turn(atMost: null);
        }
    }

    /// <summary>One turn of the loop. Its order is the policy: what frees a place comes before who wants one.</summary>
    /// <param name="atMost">How long to wait for something to happen, if nothing is due before; null for as long as it takes.</param>
    public void Turn(TimeSpan? atMost)
    {
        var due = UntilSomethingIsDue();
        _poller.Wait(atMost < due || due is null ? atMost : due);
        ReadClock();

        ObeyOrders();           // an order from the administrator comes before everything
        OpenMail();
        HearResolver();
        HearPorters();
        HearWorkers();          // what they have done they have done, even if they have ended since
        ReapChildren();         // every ending frees a place
        HearChildren();
        RunErrands();
        _manager.CatchUp();
        WakeStranded();
        AcceptArrivals();       // so arrivals come last and find the places free
        ConsiderTheEnd();
        _floodsAreOpen = _journal.SettleFloods();
    }

    /// <summary>Closes the door. Children that live go on living: their connections are theirs.</summary>
    public void Dispose()
    {
        SaveBarsAtLast();
        foreach (var entrance in _entrances.Values)
        {
            entrance.Listener?.Dispose();
        }

        foreach (var visit in _visits.Values.ToArray())
        {
            Drop(visit, "end");
        }

        foreach (var service in _services.Values)
        {
            service.Workers.ForEach(worker => worker.Dispose());
            service.Dispose();
        }

        _desk?.Dispose();
        _sets.Dispose();
        _resolving?.Dispose();
        _resolver.Dispose();
        _task.Dispose();
        _launcher.Dispose();
        _reserve.Dispose();
        _signals.Dispose();
        _mailbox.Dispose();
        _poller.Dispose();
    }

    private string Status => $"Serving {_configuration.Services.Count} services";

    private void Watch(int descriptor, Readiness kind)
    {
        if (!_poller.TryWatch(descriptor, kind, 0))
        {
            throw new InvalidOperationException($"epoll_ctl: {Errno.Say(Errno.Last)}");
        }
    }

    private void ReadClock() =>
        _moment = new Moment(Now, _clock.GetLocalNow().DateTime, Load(), _residents.Count);

    private void OpenMail()
    {
        if (_poller.Ready(Readiness.Mail, _ready).Count > 0)
        {
            _mailbox.Open();
        }
    }

    private void AttendAll(Service service)
    {
        bool? mayTakeClients = null;        // one answer for all: there may be a thousand
        foreach (var entrance in service.Entrances)
        {
            Attend(entrance, ref mayTakeClients);
        }

        Settle(service);
    }

    // The one place that decides whether an entrance is watched; called after anything that may have changed the answer.
    private void Attend(Entrance entrance)
    {
        bool? isUnknown = null;
        Attend(entrance, ref isUnknown);
    }

    private void Attend(Entrance entrance, ref bool? mayTakeClients)
    {
        var shouldWatch = entrance is { Listener: not null, Server: null, Rest: null }
            && (mayTakeClients ??= MayTakeClients(entrance.Service))
            && !_sharedServers.ContainsKey(entrance.Service);
        if (shouldWatch == entrance.IsWatched)
        {
            return;
        }

        if (!shouldWatch)
        {
            _poller.Forget(entrance.Listener!.Socket);
            entrance.IsWatched = false;
        }
        else if (_poller.TryWatch(entrance.Listener!.Socket, Readiness.Arrival, entrance.Number))
        {
            entrance.IsWatched = true;
        }
        else
        {
            LetRest(entrance, RestReason.Resources, _resourcePause);
        }
    }

    private TimeSpan? UntilSomethingIsDue()
    {
        TimeSpan? due = _manager.IsBehind ? _managerCheck
            : _floodsAreOpen || _unwatched.Count > 0 || _poller.IsBehind || _stranded.Count > 0 || _isFirstProcess ? _floodCheck
            : null;
        return _agenda.Next - Now is { } next && (due is null || next < due) ? next : due;
    }

    // By the time of this turn, and not by the clock: the room that an errand asks for again is worked out for this turn, and
    // what has become due meanwhile would be put off to that very moment, again and again.
    private void RunErrands()
    {
        while (_agenda.TryTake(_moment.Clock, out var errand, out var number))
        {
            Run(errand, number);
        }
    }

    private void Run(Errand errand, long number)
    {
        switch (errand)
        {
            case Errand.Wake:
                Wake((int)number);
                break;
            case Errand.Reconsider:
                Reconsider((int)number);
                break;
            case Errand.Overtime:
                EndOvertime(number);
                break;
            case Errand.Kill:
                Kill((int)number);
                break;
            case Errand.Idle:
                DismissIdle((int)number);
                break;
            case Errand.Behind:
                LoseFaith((int)number);
                break;
            case Errand.Farewell:
                EndFarewell((int)number);
                break;
            case Errand.Visit:
                LosePatience(number);
                break;
            case Errand.MakeWay:
                MakeWay((int)number);
                break;
            case Errand.Silent:
                EndIfSilent((int)number);
                break;
            case Errand.Watchdog:
                SetWatchdog();
                break;
            case Errand.Names:
                LosePatience();
                break;
            case Errand.SaveBars:
                SaveBars();
                break;
            case Errand.Shed:
                RecordMissed((int)number);
                break;
            case Errand.Upgrade:
                MakeRoom();
                break;
            default:
                throw new InvalidOperationException($"nobody runs {errand}");
        }
    }

    private void SetWatchdog()
    {
        if (_manager.SignOfLife() is { } period)
        {
            _agenda.Set(Errand.Watchdog, 0, Now + period);
        }
    }

    /// <summary>A living child, whose it is, the entrances it holds if it is a wait server, and its other half if it is a worker.</summary>
    private sealed record Resident(Child Child, Service Service, IReadOnlyList<Entrance> Entrances, Worker? Worker);
}
