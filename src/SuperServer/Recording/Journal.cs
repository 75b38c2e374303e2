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

    public void Rehearsing(string program) => log.Information("{Program} is asked whether it can take over", program);

    public void UpgradeRefused(string program, string why) =>
        log.Error("{Program} does not take over, nothing was changed: {Why}", program, why);

    public void MakingRoom(string program) => log.Information("making room for {Program}", program);

    public void TookOver(int listeners, int children) =>
        log.Information("took over {Listeners} listeners and {Children} children", listeners, children);

    public void NoDesk(string why) =>
        log.Warning("no control socket, so that `superserver status` and the like will not work: {Why}", why);

    public void Ordered(ServiceDefinition service, string verb) =>
        log.Information("{Service}: the administrator orders {Verb}", service.Name, verb);

    public void Lifted(string source, int count) =>
        log.Information("the administrator lifts bars: {Source} ({Count})", source, count);

    public void BarsNotKept(string why) =>
        log.Error("the bars could not be written down: {Why}", why);

    public void BarsNotRead(string why) => log.Error("the bars could not be read: {Why}", why);

    public void NeedsRestart(string setting) =>
        log.Warning("{Setting} has changed in the file; it takes effect when the daemon is started anew", setting);

    public void CannotNotify(string why) => log.Warning("systemd could not be notified: {Why}", why);

    // Accepting.

    public void Listening(ServiceDefinition service, Listener listener)
    {
        log.Information("{Service} listening on {Endpoint}", service.Name, listener.Address);
        if (listener.HandedName is { } name)
        {
            log.Information("{Service} was handed {Endpoint} under the name {Name}", service.Name, listener.Address, name);
        }
    }

    public void NobodyWants(string name) =>
        log.Warning("a socket that was handed over under the name {Name} belongs to no service and is closed", name);

    public void CannotSet(ServiceDefinition service, Listener listener, string why) => log.Error(
        "{Service} goes on listening on {Endpoint}, but not all of its new settings could be applied: {Why}",
        service.Name, listener.Address, why);

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

    public void Full(ServiceDefinition service, Refusal objection)
    {
        if (MaySpeak(service.Name, "full house lines"))
        {
            log.Warning("{Service} is full, clients wait in the backlog: {Refusal}", service.Name, objection.ToString());
        }
    }

    // States.

    public void StateChanged(ServiceDefinition service, string was, string now, string? why, TimeSpan? rest)
    {
        if (MaySpeak(service.Name, "changes of state"))
        {
            var until = rest is { } time ? $", tried again in {Math.Max(0, Math.Round(time.TotalSeconds, 1))} s" : "";
            log.Information("{Service} is {State} (was {Before}){Why}{Until}",
                service.Name, now, was, why is null ? "" : $": {Printable.Escaped(why)}", until);
        }
    }

    /// <summary>How everything stands, one line a row.</summary>
    public void Table(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            log.Information("{Row}", line);
        }
    }

    // Admitting.

    public void Refused(ServiceDefinition service, ConnectionId id, in Arrival arrival, Refusal refusal)
    {
        if (!MaySpeak(service.Name, "refusals"))
        {
            return;
        }

        if (arrival.Passage?.Proxy is { } proxy)
        {
            log.Warning("{Service} {Connection} {Peer} by way of {Proxy} refused: {Refusal}",
                service.Name, id.ToString(), arrival.Peer.ToString(), proxy.ToString(), refusal.ToString());
        }
        else
        {
            log.Warning("{Service} {Connection} {Peer} refused: {Refusal}",
                service.Name, id.ToString(), arrival.Peer.ToString(), refusal.ToString());
        }
    }

    public void NoResolver(string why)
    {
        if (MaySpeak("superserver-resolver", "complaints", burst: 5))
        {
            log.Error("the resolver is not at work, clients have no names for now: {Why}", why);
        }
    }

    public void SetRead(string set, int networks) => log.Information("set {Set} has changed: {Networks} networks", set, networks);

    public void SetRefused(string set, IReadOnlyCollection<Problem> problems)
    {
        foreach (var problem in problems)
        {
            log.Error("{Problem}", Printable.Escaped(problem.ToString()));
        }

        log.Error("set {Set} has changed and has mistakes, it goes on holding what it held", set);
    }

    public void Barred(ServiceDefinition service, Source source, in Bar bar, TimeSpan now)
    {
        if (MaySpeak(service.Name, "bars"))
        {
            log.Warning("{Service} bars {Source} from all services for {Seconds} s (strike {Strikes})",
                service.Name, source.ToString(), Math.Round((bar.Until - now).TotalSeconds), bar.Strikes);
        }
    }

    // Launching.

    public void Started(ServiceDefinition service, ConnectionId id, int pid, in Arrival arrival)
    {
        if (!log.IsEnabled(LogEventLevel.Information))
        {
            return;
        }

        if (arrival.Passage?.Proxy is { } proxy)
        {
            log.Information("{Service} {Connection} started for {Peer} by way of {Proxy} at {Local}: pid {Pid}",
                service.Name, id.ToString(), arrival.Peer.ToString(), proxy.ToString(), arrival.Local.ToString(), pid);
        }
        else
        {
            log.Information("{Service} {Connection} started for {Peer} at {Local}: pid {Pid}",
                service.Name, id.ToString(), arrival.Peer.ToString(),
                arrival.Peer.IsUnix ? service.Listen[0].ToString() : arrival.Local.ToString(), pid);
        }
    }

    public void Started(ServiceDefinition service, Child child, Listener listener) =>
        log.Information("{Service} {Connection} started on {Local}: pid {Pid}",
            service.Name, child.Id.ToString(), listener.Address, child.Pid);

    public void WorkerStarted(ServiceDefinition service, Child child) =>
        log.Information("{Service} {Connection} is a worker of the pool: pid {Pid}", service.Name, child.Id.ToString(), child.Pid);

    public void WorkerDoesNotTake(ServiceDefinition service, Child worker, int errno)
    {
        if (MaySpeak(service.Name, "workers that take nothing"))
        {
            log.Warning("{Service} {Connection} takes no connection ({Error}) and gets no more: pid {Pid}",
                service.Name, worker.Id.ToString(), Errno.Say(errno), worker.Pid);
        }
    }

    public void WorkerTalksNonsense(ServiceDefinition service, Child worker)
    {
        if (MaySpeak(service.Name, "messages that make no sense"))
        {
            log.Warning("{Service} {Connection} has sent a message that is not \"done ID CODE\" of a connection it has: pid {Pid}",
                service.Name, worker.Id.ToString(), worker.Pid);
        }
    }

    public void CouldNotStart(ServiceDefinition service, ConnectionId id, string peer, LaunchResult.Failed failure)
    {
        if (MaySpeak(service.Name, "failed starts"))
        {
            log.Error("{Service} {Connection} {Peer} could not be started: {Step}: {Error}",
                service.Name, id.ToString(), peer, failure.What(service), Errno.Say(failure.Error));
        }
    }

    public void Says(ChildWords words, LogEventLevel level, string line)
    {
        if (log.IsEnabled(level) && MaySpeak(words.Service, "lines of its standard error"))
        {
            log.Write(level, "{Service} {Connection} says: {Line}", words.Service, words.Id.ToString(), line);
        }
    }

    // Reaping.

    public void Ended(ServiceDefinition service, ConnectionId id, int pid, in Ending ending)
    {
        if (!log.IsEnabled(LogEventLevel.Information))
        {
            return;
        }

        var seconds = Math.Round(ending.Age.TotalSeconds, 3);
        if (ending.Signal is { } signal)
        {
            log.Information("{Service} {Connection} ended by signal {Signal} after {Seconds} s (pid {Pid})",
                service.Name, id.ToString(), signal, seconds, pid);
        }
        else
        {
            log.Information("{Service} {Connection} ended: exit {ExitCode} after {Seconds} s (pid {Pid})",
                service.Name, id.ToString(), ending.ExitCode, seconds, pid);
        }
    }

    public void Overtime(ServiceDefinition service, ConnectionId id, TimeSpan most) => log.Warning(
        "{Service} {Connection} has run for {Seconds} s and is told to end: limit=max_runtime",
        service.Name, id.ToString(), most.TotalSeconds);

    public void Killed(ServiceDefinition service, Child child) => log.Warning(
        "{Service} {Connection} did not end when it was told to and is killed (pid {Pid}): stop_timeout={Seconds} s",
        service.Name, child.Id.ToString(), child.Pid, service.StopTimeout.TotalSeconds);

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
