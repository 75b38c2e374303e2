using System.Diagnostics;
using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;
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

    private void AcceptArrivals()
    {
        foreach (var number in _poller.Ready(Readiness.Arrival, _ready))
        {
            if (!_entrances.TryGetValue(number, out var entrance) || !entrance.IsWatched)
            {
                continue;       // closed or put to rest since the poller saw it
            }

            if (entrance.Service.Definition.Mode == ServiceMode.Wait)
            {
                StartServer(entrance);
            }
            else
            {
                Accept(entrance);
            }
        }
    }

    // One client for each turn of the loop: it keeps the services even, and the poller says whether there are more.
    private void Accept(Entrance entrance)
    {
        var service = entrance.Service;
        switch (entrance.Listener!.TryAccept(out var arrival))
        {
            case AcceptOutcome.Accepted:
                Admit(service, arrival);
                break;
            case AcceptOutcome.OutOfResources:
                _journal.OutOfResources(service.Definition, entrance.Listener, _resourcePause);
                Rest(entrance, _resourcePause);
                break;
            case AcceptOutcome.ListenerBroken:
                Reopen(entrance);
                break;
            case AcceptOutcome.NothingWaiting or AcceptOutcome.PeerGone:
            default:
                break;
        }
    }

    private void Admit(Service service, in Arrival arrival)
    {
        if (Gate.Consider(service.Definition, service.Living) is { } refusal)
        {
            TurnAway(service, arrival);
            _journal.Refused(service.Definition, _launcher.NextId(), arrival, refusal);
            return;
        }

        var result = Launch(service, arrival);
        _ = Libc.close(arrival.Socket);     // the child has its own; without one the client must not be left hanging
        switch (result)
        {
            case LaunchResult.Launched launched:
                _journal.Started(service.Definition, launched.Child, arrival);
                TakeIn(service, launched, entrance: null);
                break;
            case LaunchResult.Failed failed:
                _journal.CouldNotStart(service.Definition, _launcher.LastId, arrival.Peer.ToString(), failed);
                if (failed.IsShortage)
                {
                    RestAll(service);
                }

                break;
        }

        if (!Gate.HasRoomFor(service.Definition, service.Living))
        {
            _journal.Full(service.Definition);
            AttendAll(service);
        }
    }

    // A client who was accepted with the last descriptor gets the reserve, and the entrances rest until it is whole again.
    private LaunchResult Launch(Service service, in Arrival arrival)
    {
        var result = _launcher.Launch(service.Definition, service.Plan, arrival);
        if (result is LaunchResult.Failed { IsShortage: true } && _reserve.Release())
        {
            result = _launcher.Launch(service.Definition, service.Plan, arrival);
            RestAll(service);
        }

        return result;
    }

    private static void TurnAway(Service service, in Arrival arrival)
    {
        if (service.Definition.Overflow == Overflow.Reset)
        {
            var atOnce = new Libc.linger { l_onoff = 1, l_linger = 0 };
            _ = Libc.setsockopt(arrival.Socket, Libc.SOL_SOCKET, Libc.SO_LINGER, atOnce, 2 * sizeof(int));
        }

        _ = Libc.close(arrival.Socket);
    }

    private void TakeIn(Service service, LaunchResult.Launched launched, Entrance? entrance)
    {
        var (child, words) = launched;
        service.Add(child);
        _residents.Add(child.Pid, new Resident(child, service, entrance));
        if (!_poller.TryWatch(child.PidFd, Readiness.Ending, child.Pid))
        {
            _unwatched.Add(child.Pid);
        }

        if (words >= 0)
        {
            var number = ++_lastNumber;
            _words.Add(number, new ChildWords(service.Definition.Name, child.Id, words));
            if (!_poller.TryWatch(words, Readiness.Words, number))
            {
                Mute(number);
            }
        }
    }

    private void HearChildren()
    {
        foreach (var number in _poller.Ready(Readiness.Words, _ready))
        {
            if (_words.TryGetValue(number, out var words) && !words.Listen(_journal.Says))
            {
                Mute(number);
            }
        }
    }

    private void Mute(int number)
    {
        if (_words.Remove(number, out var words))
        {
            words.Dispose();
        }
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
            && Gate.HasRoomFor(entrance.Service.Definition, entrance.Service.Living);
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

    private TimeSpan? UntilSomethingIsDue()
    {
        TimeSpan? due = _floodsAreOpen || _unwatched.Count > 0 || _isFirstProcess ? _floodCheck : null;
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
