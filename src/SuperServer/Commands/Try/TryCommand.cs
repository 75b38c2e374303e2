using SuperServer.Commands.Flags;
using SuperServer.Configuration;
using SuperServer.Launching;

namespace SuperServer.Commands.Try;

/// <summary>
/// <c>superserver try HANDLER</c>: the contract that a handler has with the daemon, and whoever sits at the terminal as its client.
/// </summary>
internal sealed class TryCommand(string usualFile, HostFacts host, TextWriter error)
{
    private const string Title = "superserver try";

    public int Run(Given given)
    {
        if (TryFlags.WhyNot(given) is { } mistake)
        {
            return Fail(ExitCode.Usage, mistake);
        }

        ServeCommand.Prepare();
        return given.Value(TryFlags.Service.Name) is { } service
            ? TryService(given.Configuration ?? usualFile, service, given)
            : TryDescribed(given);
    }

    private int TryDescribed(Given given)
    {
        var described = given with
        {
            Flags = [.. given.Flags, .. given.Operands.Select(handler => (ServiceFlags.Handler.Name, handler))],
        };
        var listen = Rehearsing.Endpoint(TryFlags.Transport(given) ?? Transport.Tcp).ToString();
        return DescribedService.Read(Title, described, [listen], host with { IsServing = true }) switch
        {
            ConfigurationReading.Valid valid => Try(valid.Configuration.Services[0], given),
            ConfigurationReading.Broken broken => FlagProblems.Report(broken, error),
            var other => throw new InvalidOperationException($"No such reading: {other}."),
        };
    }

    private int TryService(string file, string name, Given given)
    {
        if (ConfigurationReader.Read(file, host) is not ConfigurationReading.Valid { Configuration: var configuration })
        {
            return CheckCommand.Report((ConfigurationReading.Broken)ConfigurationReader.Read(file, host), file, error);
        }

        var services = configuration.Services.Concat(configuration.Disabled).ToList();
        if (services.Find(service => service.Name == name) is not { } service)
        {
            var known = services.Select(service => service.Name).ToList();
            return Fail(ExitCode.Configuration, $"there is no service {Printable.Quoted(name)} in {Printable.Escaped(file)}"
                + (Spelling.Suggestion(name, known) is { Length: > 0 } meant ? meant : $"; there are {string.Join(", ", known)}"));
        }

        return service.Identity.IsSwitched && !host.IsRoot
            ? Fail(ExitCode.NotPermitted, $"the service '{name}' runs as '{service.Identity.User}', and you are '{host.Self.Name}': "
                + "run this as root, or try its program as yourself: superserver try -- CMD")
            : Try(service, given);
    }

    private int Try(ServiceDefinition service, Given given)
    {
        var transport = TryFlags.Transport(given)
            ?? (service.Listen[0] is { IsStream: false } ? Transport.Udp : service.Listen[0].IsInternet ? Transport.Tcp : Transport.Unix);
        if (transport == Transport.Udp && service.Mode == ServiceMode.Pool)
        {
            return Fail(ExitCode.Usage, "a pool takes connections: --udp goes with --mode wait or nowait");
        }

        using var launcher = new Launcher(TimeProvider.System);
        var rehearsed = service with { Listen = [Rehearsing.Endpoint(transport)] };
        using var plan = new LaunchPlan(rehearsed, ServeCommand.InheritedVariables());
        using var rehearsing = new Rehearsing(rehearsed, plan, launcher, TryFlags.FromWhom(given.Value(TryFlags.From.Name)));
        using var conversation = new Conversation(rehearsing, error);
        if ((rehearsing.Connect() ?? conversation.Begin()) is { } why)
        {
            return Fail(ExitCode.OperatingSystem, why);
        }

        conversation.Hold();
        return Verdict.Tell(rehearsing, conversation, error);
    }

    private int Fail(int exitCode, string sentence)
    {
        error.WriteLine($"superserver: {sentence}");
        return exitCode;
    }
}
