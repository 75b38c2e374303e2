using Serilog;
using Serilog.Core;
using Serilog.Events;
using SuperServer.Accepting;
using SuperServer.Admitting;
using SuperServer.Configuration;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Reaping;

namespace SuperServer.Recording;

/// <summary>
/// Every sentence of the daemon, one method each, named by what happened. Callers never word anything. Sentences that a
/// stranger can bring about at will pass a flood gate; those about clients who were served are the record, and are all kept.
/// </summary>
internal sealed partial class Journal(ILogger log, LoggingLevelSwitch level, TimeProvider clock)
{
    private const int Burst = 20;

    private static readonly TimeSpan _window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Service, string What), FloodGate> _gates = [];

    public void SetLevel(LogLevel wanted) => level.MinimumLevel = JournalSetup.ToSerilog(wanted);

    // The daemon itself.

    public void Serving(int services, string user) => log.Information("serving {Services} services as {User}", services, user);

    public void NothingToServe() => log.Error("not one of the services could be opened; superserver ends");

    public void Stopping() => log.Information("stopping");

    public void Reloaded(string file, ConfigurationChanges changes) => log.Information(
        "reloaded {File}: {Added} added, {Removed} removed, {Rebound} rebound, {Amended} amended",
        file, changes.Added.Count, changes.Removed.Count, changes.Rebound.Count, changes.Amended.Count);

    public void ReloadRefused(string file, IReadOnlyCollection<Problem> problems)
    {
        foreach (var problem in problems)
        {
            log.Error("{Problem}", Printable.Escaped(problem.ToString()));
        }

        log.Error("reload of {File} refused, nothing was changed: {Problems} problems", file, problems.Count);
    }

    public void NeedsRestart(string setting) =>
        log.Warning("{Setting} has changed in the file; it takes effect when the daemon is started anew", setting);

    public void CannotNotify(string why) => log.Warning("systemd could not be notified: {Why}", why);

    // Accepting.

    public void Listening(ServiceDefinition service, Listener listener) =>
        log.Information("{Service} listening on {Endpoint}", service.Name, listener.Address);

    public void NoLongerListening(ServiceDefinition service, Listener listener) =>
        log.Information("{Service} no longer listening on {Endpoint}", service.Name, listener.Address);

    public void NotOnThisHost(ServiceDefinition service, Endpoint endpoint) =>
        log.Debug("{Service} does not listen on {Endpoint}: this host has no such addresses", service.Name, endpoint.ToString());

    public void CannotListen(ServiceDefinition service, Endpoint endpoint, string why, TimeSpan retry) => log.Error(
        "{Service} cannot listen on {Endpoint}: {Why}; trying again in {Seconds} s",
        service.Name, endpoint.ToString(), why, retry.TotalSeconds);

    public void OutOfResources(ServiceDefinition service, Listener listener, TimeSpan pause)
    {
        if (MaySpeak(service.Name, "pauses for want of resources", burst: 1))
        {
            log.Warning("{Service} pauses on {Endpoint} for {Seconds} s: no descriptor or memory left (ulimit -n, free)",
                service.Name, listener.Address, pause.TotalSeconds);
        }
    }

    public void Full(ServiceDefinition service)
    {
        if (MaySpeak(service.Name, "full house lines"))
        {
            log.Warning("{Service} is full, clients wait in the backlog: limit=max_connections max={Max} set-at={SetAt}",
                service.Name, service.Limits.MaxConnections.Max, service.Limits.MaxConnections.SetAt ?? "default");
        }
    }

    // Admitting.

    public void Refused(ServiceDefinition service, ConnectionId id, in Arrival arrival, Refusal refusal)
    {
        if (MaySpeak(service.Name, "refusals"))
        {
            log.Warning("{Service} {Connection} {Peer} refused: {Refusal}",
                service.Name, id.ToString(), arrival.Peer.ToString(), refusal.ToString());
        }
    }

    // Launching.

    public void Started(ServiceDefinition service, Child child, in Arrival arrival)
    {
        if (log.IsEnabled(LogEventLevel.Information))
        {
            log.Information("{Service} {Connection} started for {Peer} at {Local}: pid {Pid}",
                service.Name, child.Id.ToString(), arrival.Peer.ToString(),
                arrival.Peer.IsUnix ? service.Listen[0].ToString() : arrival.Local.ToString(), child.Pid);
        }
    }

    public void Started(ServiceDefinition service, Child child, Listener listener) =>
        log.Information("{Service} {Connection} started on {Local}: pid {Pid}",
            service.Name, child.Id.ToString(), listener.Address, child.Pid);

    public void CouldNotStart(ServiceDefinition service, ConnectionId id, string peer, LaunchResult.Failed failure)
    {
        if (MaySpeak(service.Name, "failed starts"))
        {
            log.Error("{Service} {Connection} {Peer} could not be started: {Step}: {Error}",
                service.Name, id.ToString(), peer, failure.What(service), Errno.Say(failure.Error));
        }
    }

    public void Says(ChildWords words, string line)
    {
        if (MaySpeak(words.Service, "lines of its standard error"))
        {
            log.Information("{Service} {Connection} says: {Line}", words.Service, words.Id.ToString(), line);
        }
    }

    // Reaping.

    public void Ended(ServiceDefinition service, Child child, in Ending ending)
    {
        if (!log.IsEnabled(LogEventLevel.Information))
        {
            return;
        }

        var seconds = Math.Round(ending.Age.TotalSeconds, 3);
        if (ending.Signal is { } signal)
        {
            log.Information("{Service} {Connection} ended by signal {Signal} after {Seconds} s (pid {Pid})",
                service.Name, child.Id.ToString(), signal, seconds, child.Pid);
        }
        else
        {
            log.Information("{Service} {Connection} ended: exit {ExitCode} after {Seconds} s (pid {Pid})",
                service.Name, child.Id.ToString(), ending.ExitCode, seconds, child.Pid);
        }
    }

    public void BackingOff(ServiceDefinition service, TimeSpan rest)
    {
        if (MaySpeak(service.Name, "pauses"))
        {
            log.Warning("{Service} is not started again for {Seconds} s: its server ended without doing its work",
                service.Name, rest.TotalSeconds);
        }
    }

    /// <summary>Says how much was swallowed by gates whose window is over. Returns whether any window is still open.</summary>
    public bool SettleFloods()
    {
        var isSwallowing = false;
        foreach (var ((service, what), gate) in _gates)
        {
            if (gate.Settle() is > 0 and var swallowed)
            {
                log.Warning("{Service}: {Swallowed} more {What} in the last {Seconds} s",
                    service, swallowed, what, _window.TotalSeconds);
            }

            isSwallowing |= gate.IsSwallowing;
        }

        return isSwallowing;
    }

    private bool MaySpeak(string service, string what, int burst = Burst)
    {
        if (!_gates.TryGetValue((service, what), out var gate))
        {
            _gates.Add((service, what), gate = new FloodGate(clock, burst, _window));
        }

        return gate.MaySpeak();
    }
}
