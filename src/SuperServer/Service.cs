using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>
/// A service at run time: what the administrator wrote, the plan made of it, and the children and connections that live. A
/// reload changes the definition and leaves the rest.
/// </summary>
internal sealed class Service : IDisposable
{
    private readonly HashSet<Child> _children = [];
    private readonly Dictionary<long, Connection> _connections = [];

    public Service(int number, ServiceDefinition definition, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        Number = number;
        Definition = definition;
        Plan = new LaunchPlan(definition, inherited);
        Pace.Amend(definition.Limits);
    }

    /// <summary>What the agenda calls it.</summary>
    public int Number { get; }

    public ServiceDefinition Definition { get; private set; }

    public LaunchPlan Plan { get; private set; }

    public Suspicion Suspicion { get; } = new();

    /// <summary>Where its clients come in.</summary>
    public List<Entrance> Entrances { get; } = [];

    /// <summary>As whom its connections count.</summary>
    public Crowd Crowd { get; } = new();

    public Pace Pace { get; } = new();

    /// <summary>Visitors whom a tripwire never saw, until that is recorded.</summary>
    public ShedBook Shed { get; } = new();

    /// <summary>The workers of a pool, those that take no more connections included.</summary>
    public List<Worker> Workers { get; } = [];

    /// <summary>Where proxies say who their clients are; null when clients come themselves.</summary>
    public Vestibule? Outer { get; set; }

    /// <summary>Where clients whom the gate has let in are before they get their program; null when they get it at once.</summary>
    public Vestibule? Inner { get; set; }

    /// <summary>A process of its vestibule has to read on before it can be given more.</summary>
    public bool HasQueueInside => Outer is { Porter.IsCatchingUp: true } || Inner is { Porter.IsCatchingUp: true };

    /// <summary>Who has been accepted and does not count yet.</summary>
    public int Expected => Outer?.Callers.Count ?? 0;

    /// <summary>What it is doing now, as it was last told to the log.</summary>
    public ServiceState State { get; set; } = ServiceState.Online;

    /// <summary>The administrator has told it to take nobody.</summary>
    public bool IsPaused { get; set; }

    /// <summary>The pause is for good: who is inside may finish.</summary>
    public bool IsDraining { get; set; }

    /// <summary>It is in the file no more; it lives as long as its children do.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Connections and servers ever started.</summary>
    public long Served { get; set; }

    /// <summary>Clients ever turned away.</summary>
    public long Refused { get; set; }

    public IReadOnlyCollection<Child> Children => _children;

    public IReadOnlyCollection<Connection> Connections => _connections.Values;

    public void Add(Child child) => _children.Add(child);

    public void Remove(Child child) => _children.Remove(child);

    /// <summary>A client is being served from now on, and counts. One who came through the vestibule counts already.</summary>
    public Connection Begin(ConnectionId id, in Peer peer, Child child, TimeSpan now)
    {
        Served++;
        return Find(id.Number) is { } expected ? _connections[id.Number] = expected with { Child = child } : Expect(id, peer, child, now);
    }

    /// <summary>A client counts, and is with a process that serves nobody yet.</summary>
    public Connection Expect(ConnectionId id, in Peer peer, Child porter, TimeSpan now)
    {
        var connection = new Connection(id, peer, Source.Of(peer, Definition.Limits.SourcePrefix), porter, now);
        Remember(connection);
        return connection;
    }

    /// <summary>A connection that was begun before a new start of the daemon in place.</summary>
    public void Remember(Connection connection)
    {
        _connections.Add(connection.Id.Number, connection);
        Crowd.Enter(connection.Source);
    }

    /// <summary>The connection with this number, which counts no more; null when there is none.</summary>
    public Connection? End(long number)
    {
        if (_connections.Remove(number, out var connection))
        {
            Crowd.Leave(connection.Source);
        }

        return connection;
    }

    /// <summary>The connection with this number, if it lives.</summary>
    public Connection? Find(long number) => _connections.GetValueOrDefault(number);

    /// <summary>What the new file says holds from the next start on.</summary>
    public void Amend(ServiceDefinition definition, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        Plan.Dispose();
        Definition = definition;
        Plan = new LaunchPlan(definition, inherited);
        Pace.Amend(definition.Limits);
        Suspicion.Forgive();
    }

    /// <summary>The same definition with other places in the file: nothing changes but what refusals name.</summary>
    public void Reread(ServiceDefinition definition)
    {
        Definition = definition;
        Pace.Amend(definition.Limits);
    }

    public void Dispose()
    {
        Plan.Dispose();
        Outer?.Dispose();
        Inner?.Dispose();
    }
}
