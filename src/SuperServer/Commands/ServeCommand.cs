using System.Text.Json;
using Serilog.Core;
using SuperServer.Configuration;
using SuperServer.Hosting;
using SuperServer.Interop;
using SuperServer.Launching;
using SuperServer.Recording;

namespace SuperServer.Commands;

/// <summary>
/// <c>superserver serve</c>: reads the file, builds the daemon by hand, and runs it in the foreground, which is the only mode:
/// a service manager, a container or a terminal looks after it.
/// </summary>
internal static class ServeCommand
{
    // The child's environment is made from nothing; these are all that it has of ours (design: the child's contract).
    private static readonly string[] _inheritedNames = ["PATH", "TZ", "LANG"];
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static int Run(string file, TextWriter error)
    {
        Prepare();
        var left = Succession.Receive();
        switch (Read(file))
        {
            case ConfigurationReading.Valid valid:
                return Serve(file, valid.Configuration, left is null ? null : Unpack(left), error);
            case ConfigurationReading.Broken broken:
                return CheckCommand.Report(broken, file, error);
            default:
                throw new InvalidOperationException("a reading is either valid or broken");
        }
    }

    /// <summary>What comes before everything else in a process that will have children.</summary>
    public static void Prepare()
    {
        OccupyStandardDescriptors();
        Spawn.Prepare();
    }

    private static ConfigurationReading Read(string file, ServerConfiguration? running = null) => ConfigurationReader.Read(
        file, HostFacts.OfThisMachine() with
        {
            IsServing = true,
            KnownSets = running?.Sets ?? [],
            MachineOf = MachineIdFile.Keep,
        });

    private static int Serve(string file, ServerConfiguration configuration, Estate? estate, TextWriter error)
    {
        if (AlertSpool.MakeFolders(configuration.Daemon.RunDirectory) is { } noFolder)
        {
            return Fail(error, $"{noFolder} ([daemon] run_dir names another place)");
        }

        var (runLock, why) = estate is null
            ? RunLock.Take(configuration.Daemon.RunDirectory)
            : (RunLock.Inherited(estate.RunLock), null);
        using (runLock)
        {
            return why is not null ? Fail(error, why)
                : AlertSpool.LayOut(configuration) is { } problem ? Fail(error, problem)
                : Run(file, configuration, estate, runLock!);
        }
    }

    // Once; or, if another program was to take our place and could not, once more with what was left to it.
    private static int Run(string file, ServerConfiguration configuration, Estate? estate, RunLock runLock)
    {
        string? whyNot = null;
        while (true)
        {
            var (exitCode, left) = RunOnce(file, configuration, estate, whyNot, runLock);
            if (left is null)
            {
                return exitCode;
            }

            Spawn.LendFirstLimits(1);
            whyNot = Succession.Become(Pack(left), [.. left.Descriptors]);
            Spawn.LendFirstLimits(0);
            estate = left;
        }
    }

    private static (int ExitCode, Estate? Left) RunOnce(
        string file, ServerConfiguration configuration, Estate? estate, string? whyNot, RunLock runLock)
    {
        var level = new LoggingLevelSwitch(JournalSetup.ToSerilog(configuration.Log.Level));
        using var log = JournalSetup.CreateLogger(configuration.Log.Format, level);
        var journal = new Journal(log, level, TimeProvider.System);
        using var manager = new ServiceManager(
            ServiceManager.SocketOfThisProcess, ServiceManager.WatchdogOfThisProcess, journal.CannotNotify);
        using var dispatcher = new Dispatcher(
            configuration, InheritedVariables(), running => Read(file, running), journal, manager, TimeProvider.System,
            new OwnTasks(Rehearsal(file), Resolver(configuration), Porter(configuration)));
        if (whyNot is not null)
        {
            journal.UpgradeRefused(Succession.Program, whyNot);
        }
        else if (estate is not null)
        {
            journal.TookOver(estate.Listeners.Count, estate.Children.Count);
        }

        if (!dispatcher.Open(estate))
        {
            return (ExitCode.OperatingSystem, null);
        }

        dispatcher.Run();
        return (ExitCode.Success, dispatcher.MakesRoom ? dispatcher.Bequeath(runLock.Descriptor) : null);
    }

    private static Estate Unpack(byte[] json)
    {
        var estate = JsonSerializer.Deserialize(json, EstateJson.Default.Estate)!;
        ConnectionId.Run = estate.Run;
        Succession.Keep(estate.Descriptors);
        return estate;
    }

    private static byte[] Pack(Estate estate) => JsonSerializer.SerializeToUtf8Bytes(estate, EstateJson.Default.Estate);

    /// <summary>What a program that is to take our place has to do first: read the configuration, as we would.</summary>
    private static ServiceDefinition Rehearsal(string file) => new()
    {
        Name = "superserver",
        Listen = [],
        Program = Succession.Program,
        Arguments = ["superserver", "check", "--config", Path.GetFullPath(file)],
        Identity = Identity.Unchanged,
        StandardError = StandardError.Log,
    };

    /// <summary>Who asks for clients' names, and is nobody.</summary>
    public static ServiceDefinition Resolver(ServerConfiguration configuration) => Porter(configuration) with
    {
        Name = "superserver-resolver",
        Arguments = [ServicePrograms.Carrier, "resolve"],
    };

    /// <summary>Who meets strangers before their programs do, and is nobody.</summary>
    public static ServiceDefinition Porter(ServerConfiguration configuration) => new()
    {
        Name = "superserver-porter",
        Listen = [],
        Mode = ServiceMode.Pool,
        Program = Path.Combine(configuration.Daemon.HandlersDirectory, ServicePrograms.Carrier),
        Arguments = [ServicePrograms.Carrier],
        Identity = Environment.IsPrivilegedProcess ? Identity.OfNobody(HostFacts.OfThisMachine()) : Identity.Unchanged,
        StandardError = StandardError.Log,
        NoNewPrivileges = true,
    };

    public static List<EnvironmentVariable> InheritedVariables() =>
        [.. _inheritedNames
            .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name) ?? (name == "PATH" ? UsualPath : null)))
            .Where(variable => variable.Value is not null)
            .Select(variable => new EnvironmentVariable(variable.Name, variable.Value!))];

    // Started with 0, 1 or 2 closed, the first sockets would get these numbers, and a child would find them mixed up.
    private static void OccupyStandardDescriptors()
    {
        for (var descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (Libc.fcntl(descriptor, Libc.F_GETFD, 0) < 0)
            {
                _ = Libc.open("/dev/null", Libc.O_RDWR, 0);     // the lowest free number is the one that was closed
            }
        }
    }

    private static int Fail(TextWriter error, string sentence)
    {
        error.WriteLine($"superserver: {sentence}");
        return ExitCode.OperatingSystem;
    }
}
