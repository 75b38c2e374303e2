using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Launching;

namespace SuperServer;

/// <summary>What somebody comes for to a vestibule.</summary>
internal enum VestibulePart
{
    /// <summary>A proxy says who its client is.</summary>
    Proxy,

    /// <summary>A client and TLS find each other.</summary>
    Tls,

    /// <summary>A client says which service it wants.</summary>
    Tcpmux,
}

/// <summary>
/// One part of a service's vestibule at run time: how its process, the porter, is started, the one that gets the visitors now, and
/// who is inside. A reload changes the first and leaves the last.
/// </summary>
internal sealed class Vestibule : IDisposable
{
    private Vestibule(VestibulePart part, ServiceDefinition process, TimeSpan timeout, IReadOnlyCollection<EnvironmentVariable> inherited)
    {
        (Part, Process, Timeout) = (part, process, timeout);
        Plan = new LaunchPlan(process, inherited);
    }

    public VestibulePart Part { get; }

    /// <summary>How a porter is started, in the form in which services have it, and under the service's own name.</summary>
    public ServiceDefinition Process { get; private set; }

    public LaunchPlan Plan { get; private set; }

    /// <summary>How long a visit may take; the porter keeps it.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>Who gets the next visitor; null until there is one.</summary>
    public Porter? Porter { get; set; }

    public Callers Callers { get; } = new();

    /// <summary>
    /// Whoever has not got on by then may have to go, if his service is full. A proxy has its header ready when it comes; a handshake goes to
    /// the client and back.
    /// </summary>
    public TimeSpan FairTime => TimeSpan.FromMilliseconds(Part == VestibulePart.Proxy ? 100 : 500);

    /// <summary>The key of the file by which refusals go.</summary>
    public string Key => Part switch
    {
        VestibulePart.Proxy => "proxy_protocol",
        VestibulePart.Tls => "tls",
        _ => "tcpmux",
    };

    public static Vestibule? OfProxies(ServiceDefinition service, ServiceDefinition porter, IReadOnlyCollection<EnvironmentVariable> inherited) =>
        service.Proxy is { } proxy
            ? new(VestibulePart.Proxy, ProcessOf(service, porter, "proxy"), proxy.Timeout, inherited)
            : null;

    /// <summary>What comes after the gate: TLS, or tcpmux.</summary>
    public static Vestibule? OfClients(ServiceDefinition service, ServiceDefinition porter, IReadOnlyCollection<EnvironmentVariable> inherited) =>
        service.Tls is { } tls
            ? new(VestibulePart.Tls, ProcessOf(service, porter, "tls", tls.Options) with { Identity = tls.Identity }, tls.HandshakeTimeout, inherited)
        : service.Tcpmux is { } tcpmux
            ? new(VestibulePart.Tcpmux, ProcessOf(service, porter, "tcpmux", tcpmux.Options) with { Identity = service.Identity }, tcpmux.Timeout, inherited)
        : null;

    /// <summary>After a reload. True when a porter that was started before does not know what the file says now.</summary>
    public bool Amend(Vestibule now)
    {
        Timeout = now.Timeout;
        if (Process == now.Process)
        {
            now.Dispose();
            return false;
        }

        Plan.Dispose();
        (Process, Plan) = (now.Process, now.Plan);
        return true;
    }

    public void Dispose()
    {
        Porter?.Dispose();
        Plan.Dispose();
    }

    private static ServiceDefinition ProcessOf(ServiceDefinition service, ServiceDefinition porter, string name, string? options = null) => porter with
    {
        Name = service.Name,
        Arguments = [.. porter.Arguments, name],
        Environment = options is null ? [] : [new EnvironmentVariable("SUPERSERVER_OPTIONS", options)],
        Pool = new PoolSettings { MaxConcurrent = (int)Math.Max(service.Limits.MaxConnections.Max, Dispatcher.MostVisits) },
        StopTimeout = service.StopTimeout,
    };
}

/// <summary>A connection that is in a vestibule, with whom, and the end of a socket pair that its program will get if it is TLS.</summary>
internal sealed record Visit(Service Service, Vestibule Vestibule, Porter Porter, Accepting.Arrival Arrival, int ProgramEnd)
{
    public long Number => Arrival.Passage!.Number;

    /// <summary>There will be a child of its own for it, which is not among the children yet.</summary>
    public bool IsPromised { get; } = Vestibule.Part == VestibulePart.Tls && Service.Definition.Mode == ServiceMode.Nowait;
}
