using System.Diagnostics;
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

    private readonly Journal _journal;
    private readonly ServiceManager _manager;
    private readonly IReadOnlyCollection<EnvironmentVariable> _inherited;
    private readonly Func<ConfigurationReading> _readAgain;

    private readonly Poller _poller = new();
    private readonly SignalQueue _signals = new();
    private readonly Gate _gate;
    private readonly Launcher _launcher = new();
    private readonly DescriptorReserve _reserve = new();

    private readonly Dictionary<string, Service> _services = [];
    private readonly Dictionary<int, Entrance> _entrances = [];
    private readonly Dictionary<int, Resident> _residents = [];
    private readonly Dictionary<int, ChildWords> _words = [];
    private readonly List<Entrance> _resting = [];
    private readonly List<int> _ready = [];

    private ServerConfiguration _configuration;
    private int _lastNumber;
    private bool _floodsAreOpen;
    private bool _stopping;

    public Dispatcher(
        ServerConfiguration configuration,
        IReadOnlyCollection<EnvironmentVariable> inherited,
        Func<ConfigurationReading> readAgain,
        Journal journal,
        ServiceManager manager)
    {
        (_configuration, _inherited, _readAgain, _journal, _manager) = (configuration, inherited, readAgain, journal, manager);
        _gate = new Gate(configuration.House);
        if (!_poller.TryWatch(_signals.Descriptor, Readiness.Signal, 0))
        {
            throw new InvalidOperationException($"epoll_ctl: {Errno.Say(Errno.Last)}");
        }
    }

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Opens the door. False when not one of the services could be opened and waiting will not help.</summary>
    public bool Open()
    {
        var hopeless = 0;
        foreach (var definition in _configuration.Services)
        {
            foreach (var entrance in Enrol(definition))
            {
                hopeless += TryOpen(entrance) ? 0 : 1;
            }
        }

        if (hopeless > 0 && hopeless == _entrances.Count)
        {
            _journal.NothingToServe();
            return false;
        }

        _journal.Serving(_configuration.Services.Count, Environment.UserName);
        _manager.Ready($"Serving {_configuration.Services.Count} services");
        return true;
    }

    public void Run()
    {
        while (!_stopping)
        {
            _poller.Wait(UntilSomethingIsDue());

            ObeyOrders();           // an order from the administrator comes before everything
            ReapChildren();         // every ending frees a place
            HearChildren();
            WakeResting();
            WakeStranded();
            AcceptArrivals();       // so arrivals come last and find the places free
            _floodsAreOpen = _journal.SettleFloods();
        }
    }

    /// <summary>Closes the door. Children that live go on living: their connections are theirs.</summary>
    public void Dispose()
    {
        foreach (var entrance in _entrances.Values)
        {
            entrance.Listener?.Dispose();
        }

        foreach (var service in _services.Values)
        {
            service.Dispose();
        }

        _launcher.Dispose();
        _reserve.Dispose();
        _signals.Dispose();
        _poller.Dispose();
    }

    private void AttendAll(Service service)
    {
        foreach (var entrance in service.Entrances)
        {
            Attend(entrance);
        }
    }

    // The one place that decides whether an entrance is watched; called after anything that may have changed the answer.
    private void Attend(Entrance entrance)
    {
        var shouldWatch = entrance is { Listener: not null, Server: null, RestsUntil: null }
            && HasRoom(entrance.Service)
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
            Rest(entrance, _resourcePause);
        }
    }

    // A full service that turns clients away must accept them first; one that lets them queue stops listening.
    private bool HasRoom(Service service) =>
        service.Definition.Limits.Overflow != Overflow.Queue
        || _gate.RoomFor(service.Definition, service.Crowd, service.Pace, Moment()).IsFree;

    private Moment Moment() => new(Now, DateTime.Now, 0, _residents.Count);

    private TimeSpan? UntilSomethingIsDue()
    {
        TimeSpan? due = _floodsAreOpen || _unwatched.Count > 0 || _stranded.Count > 0 || _isFirstProcess ? _floodCheck : null;
        foreach (var entrance in _resting)
        {
            var left = entrance.RestsUntil!.Value - Now;
            due = due is { } earlier && earlier < left ? earlier : left;
        }

        return due;
    }

    /// <summary>A living child, whose it is, and the entrance it holds if it is a wait server.</summary>
    private sealed record Resident(Child Child, Service Service, Entrance? Entrance);
}
