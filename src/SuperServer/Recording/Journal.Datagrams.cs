using SuperServer.Configuration;
using SuperServer.Reaping;

namespace SuperServer.Recording;

/// <summary>The sentences about datagrams that are handed over.</summary>
internal sealed partial class Journal
{
    public void LostAtHandover(ServiceDefinition service, int count)
    {
        if (count > 0 && MaySpeak(service.Name, "losses at a handover"))
        {
            log.Warning("{Service} lost {Count} datagrams of clients that came in the same moment: without CAP_NET_RAW they "
                + "cannot be sorted", service.Name, count);
        }
    }

    public void UsherFailed(ServiceDefinition service, Ending ending)
    {
        if (MaySpeak(service.Name, "failures to sort datagrams"))
        {
            log.Warning("{Service} lost datagrams that its usher could not sort: exit {ExitCode}, signal {Signal}",
                service.Name, ending.ExitCode, ending.Signal);
        }
    }
}
