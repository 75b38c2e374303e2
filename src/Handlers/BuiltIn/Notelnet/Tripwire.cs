namespace SuperServer.Handlers.BuiltIn.Notelnet;

/// <summary>
/// notelnet: guards a port that nobody should use. The order is fixed: addresses, policy, record made durable, and only then the client.
/// It understands nothing that the client sends, looks up no name, and starts no program. Descriptor 0 alone decides for how many it is.
/// </summary>
internal static class Tripwire
{
    public const string Name = "notelnet";

    // What one peer sends at once is one handler's; the hard stop of a process for one client comes later than this.
    private static readonly TimeSpan _oneDatagramPeer = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _silenceOfOnePeer = TimeSpan.FromSeconds(0.5);

    public static int Run(InheritedKind kind)
    {
        var isWorker = kind == InheritedKind.Connected && PoolLink.IsWorker;
        var isForOne = !isWorker && (kind == InheritedKind.Connected || IsConnectedDatagram(kind));
        if (isForOne)
        {
            Confinement.EnterForOne();
        }
        else
        {
            Confinement.EnterForMany();
        }

        var options = HandlerOptions.Parse(Environment.GetEnvironmentVariable(HandlerOptions.Variable));
        var policies = Policies.From(options, mayTarpit: !isForOne);
        var site = new Site(Environment.GetEnvironmentVariable);
        var journal = new Journal(
            Environment.GetEnvironmentVariable("SUPERSERVER_SPOOL"), Environment.GetEnvironmentVariable("SUPERSERVER_ALERT_SOCKET"));
        if (isForOne)
        {
            return Worse(ServeOne(kind, site, policies, journal), Check(options));      // first the record, then the sentences
        }

        var check = Check(options);
        return isWorker
            ? new PoolWorker(site, policies, journal, check).Serve()
            : Worse(new WaitServer(site, policies, journal).Serve(policies.Idle, Timeout.InfiniteTimeSpan), check);
    }

    private static int ServeOne(InheritedKind kind, Site site, Policies policies, Journal journal) => kind == InheritedKind.Connected
        ? new SingleVisit(site, policies, journal).Serve(InheritedSocket.Descriptor)
        : new WaitServer(site, policies, journal).Serve(_silenceOfOnePeer, _oneDatagramPeer);

    private static bool IsConnectedDatagram(InheritedKind kind) =>
        kind == InheritedKind.Datagram && SocketName.OfPeer(InheritedSocket.Descriptor) is not null;

    private static int Check(HandlerOptions options)
    {
        foreach (var problem in options.Problems)
        {
            Output.Complain($"{Name}: {problem}");
        }

        return options.Problems.Any() ? ExitCode.Configuration : ExitCode.Done;
    }

    // What was not recorded is worse than what was not understood.
    private static int Worse(int served, int check) => served == ExitCode.Done ? check : served;
}
