using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;
using SuperServer.Handlers.Serving;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// <c>superserver-handlers redirect</c>: carries connections and datagrams to another place. It is built on steps that never wait, as the
/// small services are: a task for each direction would cost thousands of relays ten times the memory.
/// </summary>
internal static class Redirector
{
    public const string Name = "redirect";

    public static int Run(InheritedKind kind)
    {
        var options = HandlerOptions.Parse(Environment.GetEnvironmentVariable(HandlerOptions.Variable));
        var settings = RedirectSettings.Read(options, isStream: kind != InheritedKind.Datagram);
        foreach (var problem in options.Problems)
        {
            Output.Complain($"{Name}: {problem}");
        }

        if (options.Problems.Any())
        {
            return ExitCode.Configuration;
        }

        ReverseLookup.LimitPatience();
        StandardDescriptors.RaiseLimit();
        return kind == InheritedKind.Datagram ? new FlowServer(settings).Serve() : new RelayLoop(settings, FindDoor(kind, settings)).Serve();
    }

    private static Door FindDoor(InheritedKind kind, RedirectSettings settings) => kind switch
    {
        InheritedKind.Listening => new DoorOfMany(settings.Idle),
        _ when PoolLink.IsWorker => new DoorOfPool(),
        _ => new DoorOfOne(),
    };
}
