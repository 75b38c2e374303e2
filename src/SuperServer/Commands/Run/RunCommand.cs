using Serilog.Core;
using SuperServer.Accepting;
using SuperServer.Commands.Flags;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Launching;
using SuperServer.Recording;

namespace SuperServer.Commands.Run;

/// <summary>
/// <c>superserver run LISTEN… -- CMD</c>: one program behind a port, for as long as the command runs. It is the daemon, with a
/// configuration that was made of flags and a stint that leaves nothing behind.
/// </summary>
internal sealed class RunCommand(HostFacts host, TextWriter output, TextWriter error)
{
    private const string Title = "superserver run";

    public int Run(Given given)
    {
        if (RunFlags.WhyNot(given) is { } mistake)
        {
            return Fail(ExitCode.Usage, mistake);
        }

        ServeCommand.Prepare();
        var listen = given.Operands.Count > 0 ? given.Operands : InheritedSockets.Endpoints(Environment.GetEnvironmentVariable);
        if (listen.Count == 0)
        {
            return Fail(ExitCode.Usage, "where to listen is missing: superserver run tcp:8000 -- CMD, or see superserver run --help");
        }

        return DescribedService.Read(Title, given, listen, host with { IsServing = true }) switch
        {
            ConfigurationReading.Valid valid => Serve(valid.Configuration with { Log = RunFlags.Log(given) }, given),
            ConfigurationReading.Broken broken => FlagProblems.Report(broken, error),
            var other => throw new InvalidOperationException($"No such reading: {other}."),
        };
    }

    private int Serve(ServerConfiguration configuration, Given given)
    {
        var level = new LoggingLevelSwitch(JournalSetup.ToSerilog(configuration.Log.Level));
        using var log = JournalSetup.CreateLogger(configuration.Log.Format, level, Console.OpenStandardError);
        var journal = new Journal(log, level, TimeProvider.System);
        using var manager = new ServiceManager(
            ServiceManager.SocketOfThisProcess, ServiceManager.WatchdogOfThisProcess, journal.CannotNotify);
        var ours = configuration with { Daemon = configuration.Daemon with { HandlersDirectory = host.HandlersDirectory } };
        var (resolver, porter) = (ServeCommand.Resolver(ours), ServeCommand.Porter(ours));
        using var dispatcher = new Dispatcher(
            configuration, ServeCommand.InheritedVariables(), _ => throw new InvalidOperationException("there is no file to read again"),
            journal, manager, TimeProvider.System, new OwnTasks(resolver, resolver, porter), RunFlags.Stint(given));
        if (!dispatcher.Open())
        {
            return ExitCode.OperatingSystem;
        }

        var ports = new PortList(given.Value(RunFlags.PortFile.Name), output);
        if (ports.Write(configuration, dispatcher.Addresses) is { } why)
        {
            return Fail(ExitCode.CannotCreate, why);
        }

        dispatcher.Run();
        ports.Remove();
        return ExitCode.Success;
    }

    private int Fail(int exitCode, string sentence)
    {
        error.WriteLine($"superserver: {sentence}");
        return exitCode;
    }
}
