using SuperServer.Configuration;
using SuperServer.Control;
using SuperServer.Hosting;
using SuperServer.Interop;

namespace SuperServer;

/// <summary>The part about the administrator's orders: stop, and reload as the difference between two configurations.</summary>
internal sealed partial class Dispatcher
{
    // Services that are in the file no more and whose children still live.
    private readonly List<Service> _leaving = [];

    private bool _isReading;
    private bool _readOnceMore;

    private void ObeyOrders()
    {
        if (_poller.Ready(Readiness.Signal, _ready).Count == 0)
        {
            return;
        }

        var orders = _stint.IsPassing ? Passing(_signals.Take()) : _signals.Take();
        if (orders.HasFlag(Orders.Stop) && _stint.IsPassing)
        {
            EndStint();
        }
        else if (orders.HasFlag(Orders.Stop))
        {
            _manager.Stopping();
            _manager.CatchUp(_patienceWithManager);
            _journal.Stopping();
            RecordAllMissedAtLast();
            _stopping = true;
            return;
        }

        if (orders.HasFlag(Orders.Reload))
        {
            BeginReload();
        }

        if (orders.HasFlag(Orders.Tell))
        {
            _journal.Table(StatusTable.Lines(Report()));
        }

        if (orders.HasFlag(Orders.Upgrade))
        {
            BeginUpgrade();
        }
    }

    // The file is read by a thread of its own: with thousands of services, or sets of a million networks, nobody waits for it.
    private void BeginReload()
    {
        if (_isReading)
        {
            _readOnceMore = true;
            return;
        }

        _isReading = true;
        _manager.Reloading();
        var running = _configuration;
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
        {
            var reading = _readAgain(running);
            _mailbox.Post(() => EndReload(reading));
        }, null);
    }

    private void EndReload(ConfigurationReading reading)
    {
        Reload(reading);
        _manager.Ready(Status);
        _isReading = false;
        if (_readOnceMore)
        {
            _readOnceMore = false;
            BeginReload();
        }
    }

    // Read and check everything; only then touch anything. A file with a mistake leaves the door as it is.
    private void Reload(ConfigurationReading reading)
    {
        if (reading is ConfigurationReading.Broken broken)
        {
            _journal.ReloadRefused(_configuration.File, broken.Problems);
            return;
        }

        var wanted = ((ConfigurationReading.Valid)reading).Configuration;
        if (Objection(wanted) is { } objection)
        {
            _journal.ReloadRefused(_configuration.File, [new Problem(new Place(wanted.File, 0, 0), objection)]);
            return;
        }

        var changes = ConfigurationChanges.Between(_configuration, wanted);
        _journal.SetLevel(wanted.Log.Level);
        if (wanted.Log.Format != _configuration.Log.Format)
        {
            _journal.NeedsRestart("[log] format");
        }

        _configuration = wanted;
        _gate.Amend(wanted.House);
        _sets.Watch(wanted.Sets);
        _somebodyMindsTheLoad = MindsTheLoad(wanted);
        Apply(wanted);
        _journal.Reloaded(wanted.File, changes);
        foreach (var amended in changes.Amended)
        {
            Renew(_services[amended.Name]);
        }
    }

    private string? Objection(ServerConfiguration wanted) =>
        wanted.Daemon != _configuration.Daemon
            ? "the [daemon] table has changed, and that takes a new start of the daemon"
            : AlertSpool.LayOut(wanted);

    private void Apply(ServerConfiguration wanted)
    {
        var keys = wanted.Services
            .SelectMany(service => service.Openings.Select(endpoint => KeyOf(endpoint, service)))
            .ToHashSet();

        // Closing comes first: a new endpoint may be a part of one that goes (0.0.0.0:23 becomes 127.0.0.1:23).
        foreach (var entrance in _entrances.Values.Where(entrance => !keys.Contains(KeyOf(entrance))).ToArray())
        {
            Close(entrance);
        }

        var kept = _entrances.Values.ToDictionary(KeyOf);
        foreach (var definition in wanted.Services)
        {
            foreach (var entrance in Enrol(definition, kept))
            {
                TryOpen(entrance);
            }
        }

        foreach (var name in _services.Keys.Except(wanted.Services.Select(service => service.Name)).ToArray())
        {
            _services.Remove(name, out var service);
            Leave(service!);
        }

        AttendEverybody();
    }

    // Its children live and keep it in mind until the last of them has ended.
    private void Leave(Service service)
    {
        service.IsLeaving = true;
        _leaving.Add(service);
        RetireAll(service);
        RetirePorters(post => post.Service == service);
        LeaveIfEmpty(service);
        if (_leaving.Contains(service))
        {
            Settle(service);
        }
    }

    private void LeaveIfEmpty(Service service)
    {
        if (service is { IsLeaving: true, Children.Count: 0 } && _leaving.Remove(service))
        {
            service.Dispose();
        }
    }

    private static bool MindsTheLoad(ServerConfiguration configuration) =>
        configuration.Services.Any(service => service.Limits.MaxLoad is not null);

    // What makes an entrance the same before and after: the endpoint, whosever it is. Only port 0 means another port for each.
    private static (Endpoint Endpoint, string? Service) KeyOf(Endpoint endpoint, ServiceDefinition service) =>
        (endpoint, endpoint.IsAnyPort ? service.Name : null);

    private static (Endpoint Endpoint, string? Service) KeyOf(Entrance entrance) =>
        KeyOf(entrance.Endpoint, entrance.Service.Definition);

    // Brings one definition into the tables and returns the entrances that are new and still to be opened.
    private List<Entrance> Enrol(
        ServiceDefinition definition, Dictionary<(Endpoint Endpoint, string? Service), Entrance>? kept = null)
    {
        if (!_services.TryGetValue(definition.Name, out var service))
        {
            _services.Add(definition.Name, service = new Service(++_lastNumber, definition, _inherited));
            Furnish(service);
        }
        else if (service.Definition != definition)
        {
            service.Amend(definition, _inherited);
            RetireAll(service);
            Furnish(service);
        }
        else
        {
            service.Reread(definition);
        }

        var fresh = new List<Entrance>();
        foreach (var endpoint in definition.Openings)
        {
            if (kept is not null && kept.TryGetValue(KeyOf(endpoint, definition), out var entrance))
            {
                HandOver(entrance, service);
            }
            else
            {
                fresh.Add(entrance = new Entrance(++_lastNumber, endpoint, service));
                _entrances.Add(entrance.Number, entrance);
                service.Entrances.Add(entrance);
            }
        }

        return fresh;
    }

    // The socket stays open all the while: whoever waits in its backlog never learns that anything changed.
    private void HandOver(Entrance entrance, Service service)
    {
        if (entrance.Service != service)
        {
            entrance.Service.Entrances.Remove(entrance);
            service.Entrances.Add(entrance);
            entrance.Service = service;
        }

        if (entrance.Listener?.Apply(service.Definition.Sockets) is { } why)
        {
            _journal.CannotSet(service.Definition, entrance.Listener, why);
        }

        if (entrance.Listener is { } listener && entrance.Server is null)
        {
            listener.SetBlocking(service.Definition.Mode == ServiceMode.Wait);
            if (listener.Endpoint.IsStream)
            {
                listener.SetBacklog(service.Definition.Backlog);
            }
        }

        // Whatever it rests from may be what the new file mends: it is tried at once.
        if (entrance.Rest is not null)
        {
            _agenda.Set(Errand.Wake, entrance.Number, Now);
        }

        entrance.LastRetry = TimeSpan.Zero;
        Attend(entrance);
    }

    // A task that runs until it is done may run for hours: it ends when told, and is started again with what the file says now.
    private void Renew(Service service)
    {
        if (!service.Definition.RunsUntilDone)
        {
            return;
        }

        foreach (var entrance in service.Entrances.Where(entrance => entrance.Listener is not null).ToArray())
        {
            if (entrance.Server is { } server)
            {
                _ = Libc.kill(server.Pid, Libc.SIGTERM);
            }
            else
            {
                StartServer(entrance);
            }
        }
    }
}
