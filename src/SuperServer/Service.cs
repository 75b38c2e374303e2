using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>
/// A service at run time: what the administrator wrote, the plan made of it, and the children that live. A reload changes the
/// definition and leaves the rest.
/// </summary>
internal sealed class Service : IDisposable
{
    private readonly Dictionary<Child, Source> _children = [];

    public Service(ServiceDefinition definition, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        Definition = definition;
        Plan = new LaunchPlan(definition, inherited);
    }

    public ServiceDefinition Definition { get; private set; }

    public LaunchPlan Plan { get; private set; }

    public Suspicion Suspicion { get; } = new();

    /// <summary>Where its clients come in.</summary>
    public List<Entrance> Entrances { get; } = [];

    /// <summary>Whose connections live.</summary>
    public Crowd Crowd { get; } = new();

    public Pace Pace { get; } = new();

    public void Add(Child child)
    {
        var source = child.Peer is { } peer ? Source.Of(peer, Definition.Limits.SourcePrefix) : default;
        _children.Add(child, source);
        Crowd.Enter(source);
    }

    public void Remove(Child child)
    {
        if (_children.Remove(child, out var source))
        {
            Crowd.Leave(source);
        }
    }

    /// <summary>What the new file says holds from the next start on.</summary>
    public void Amend(ServiceDefinition definition, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        Plan.Dispose();
        Definition = definition;
        Plan = new LaunchPlan(definition, inherited);
        Pace.Amend(definition.Limits);
        Suspicion.Forgive();
    }

    public void Dispose() => Plan.Dispose();
}
