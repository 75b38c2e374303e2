using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer;

/// <summary>
/// The tasks that record whom tripwires have missed. Each writes one record into the lane of its service, as that service's user:
/// the daemon itself writes nothing there.
/// </summary>
internal sealed class Sheds
{
    /// <summary>Where the tripwire records, and as which host: the same for whoever does it in its place.</summary>
    private static readonly string[] _shared =
        ["SUPERSERVER_SPOOL", "SUPERSERVER_ALERT_SOCKET", "SUPERSERVER_HOST", "SUPERSERVER_MACHINE"];

    private readonly Dictionary<int, (Child Child, Service Service, ShedBatch Batch)> _working = [];

    public bool AreAtWork => _working.Count > 0;

    public IReadOnlyCollection<int> Pids => _working.Keys;

    public bool WorkFor(Service service) => _working.Values.Any(working => working.Service == service);

    public LaunchResult Start(
        Launcher launcher, Service service, ShedBatch batch, string handlersDirectory, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        var definition = Definition(service.Definition, batch, handlersDirectory);
        using var plan = new LaunchPlan(definition, inherited);
        var result = launcher.LaunchTask(definition, plan);
        if (result is LaunchResult.Launched { Child: var child })
        {
            _working.Add(child.Pid, (child, service, batch));
        }

        return result;
    }

    /// <summary>False when it is none of ours. How it ended is null when it works still.</summary>
    public bool TryReap(int pid, out (Service Service, ShedBatch Batch, Ending? Ending) ended)
    {
        ended = default;
        if (!_working.TryGetValue(pid, out var working))
        {
            return false;
        }

        ended = (working.Service, working.Batch, Reaper.TryReap(working.Child));
        if (ended.Ending is not null)
        {
            _working.Remove(pid);
            working.Child.Dispose();
        }

        return true;
    }

    private static ServiceDefinition Definition(ServiceDefinition service, ShedBatch batch, string handlersDirectory) => new()
    {
        Name = service.Name,
        Listen = [],
        Program = Path.Combine(handlersDirectory, "superserver-handlers"),
        Arguments = ["superserver-handlers", "shed"],
        Identity = service.Identity,
        Environment =
        [
            .. service.Environment.Where(variable => _shared.Contains(variable.Name)),
            new EnvironmentVariable("SUPERSERVER_SHED", batch.Json),
        ],
        StandardError = StandardError.Log,
        NoNewPrivileges = true,
    };
}
