using SuperServer.Admitting;
using SuperServer.Configuration;

namespace SuperServer.Recording;

/// <summary>The sentences about visitors whom a tripwire never saw. Each comes once in ten seconds for a service at most.</summary>
internal sealed partial class Journal
{
    public void MissedNotRecorded(ServiceDefinition service, ShedBatch batch, string why, TimeSpan retry) => log.Error(
        "{Service}: that {Connections} visitors were missed could not be recorded: {Why}; trying again in {Seconds} s",
        service.Name, batch.Connections, why, retry.TotalSeconds);

    public void MissedLost(ServiceDefinition service, ShedBatch batch) => log.Error(
        "{Service}: that {Connections} visitors were missed is recorded nowhere but here: {Facts}",
        service.Name, batch.Connections, batch.Json);
}
