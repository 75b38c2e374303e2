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
    private readonly HashSet<Child> _children = [];

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

    /// <summary>How many children live: the size of the table itself, for a counter beside it could drift.</summary>
    public int Living => _children.Count;

    public void Add(Child child) => _children.Add(child);

    public void Remove(Child child) => _children.Remove(child);

    /// <summary>What the new file says holds from the next start on.</summary>
    public void Amend(ServiceDefinition definition, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        Plan.Dispose();
        Definition = definition;
        Plan = new LaunchPlan(definition, inherited);
        Suspicion.Forgive();
    }

    public void Dispose() => Plan.Dispose();
}
