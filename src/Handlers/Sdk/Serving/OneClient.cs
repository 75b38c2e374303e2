namespace SuperServer.Handlers.Serving;

/// <summary>nowait: the process is there for one client and says by its exit code how it was.</summary>
internal static class OneClient
{
    public static async Task<int> Serve(Trade trade, int socket, Drain drain)
    {
        var encounter = Encounter.WithEnvironment(socket);
        var log = new Log();
        var visit = Visit.Serve(trade, new ClientStream(new SocketHandle(socket)), encounter, log, drain.Stop);
        await drain.Bound(visit).ConfigureAwait(false);
        return visit.IsCompleted ? await visit.ConfigureAwait(false) : ExitCode.Done;
    }
}
