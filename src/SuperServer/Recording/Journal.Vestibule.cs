using Serilog.Events;
using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Launching;

namespace SuperServer.Recording;

/// <summary>The part about connections in the vestibule, and the processes there.</summary>
internal sealed partial class Journal
{
    public void PorterStarted(ServiceDefinition service, string key, Child child) =>
        log.Information("{Service} {Connection} is at work for {Key}: pid {Pid}", service.Name, child.Id.ToString(), key, child.Pid);

    public void PorterFails(ServiceDefinition service, string key, Child child, string why)
    {
        if (MaySpeak(service.Name, "processes of its vestibule that fail"))
        {
            log.Error("{Service} {Connection}, at work for {Key}, is told to end, and those who were with it are turned away: {Why} (pid {Pid})",
                service.Name, child.Id.ToString(), key, why, child.Pid);
        }
    }

    /// <summary>A proxy that asks every second whether we are there must not fill the log.</summary>
    public void WentAway(ServiceDefinition service, string key, in Arrival arrival)
    {
        if (log.IsEnabled(LogEventLevel.Debug))
        {
            log.Debug("{Service} {Connection} {Peer} went away before {Key} was done",
                service.Name, new ConnectionId(arrival.Passage!.Number).ToString(), arrival.Peer.ToString(), key);
        }
    }

    public void AsksFor(ServiceDefinition service, in Arrival arrival, string name)
    {
        if (log.IsEnabled(LogEventLevel.Information))
        {
            log.Information("{Service} {Connection} {Peer} asks for {Name}",
                service.Name, new ConnectionId(arrival.Passage!.Number).ToString(), arrival.Peer.ToString(), name);
        }
    }
}
