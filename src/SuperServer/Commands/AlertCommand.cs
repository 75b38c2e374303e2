using SuperServer.Configuration;

namespace SuperServer.Commands;

/// <summary>
/// <c>superserver alert ARGS…</c>: becomes the mailer with these arguments, as its own user and with what the configuration says.
/// The daemon is not asked, so that the alarm can be looked after when nothing else runs any more.
/// </summary>
/// <param name="file">The configuration.</param>
/// <param name="host">The machine, as whoever asks sees it.</param>
/// <param name="error">For sentences.</param>
/// <param name="become">Becomes a program, or says why not.</param>
internal sealed class AlertCommand(string file, HostFacts host, TextWriter error, Func<ServiceDefinition, string> become)
{
    public int Run(IReadOnlyCollection<string> arguments)
    {
        if (arguments.Count == 0)
        {
            return Fail(ExitCode.Usage, "alert needs a command for the mailer: superserver alert ARGS…, or superserver alert --help");
        }

        return ConfigurationReader.Read(file, host) switch
        {
            ConfigurationReading.Broken broken => CheckCommand.Report(broken, file, error),
            ConfigurationReading.Valid { Configuration.Alerts: null } =>
                Fail(ExitCode.Configuration, $"{Printable.Escaped(file)} has no [alerts], and so there is no mailer to ask"),
            ConfigurationReading.Valid { Configuration: var configuration } => Run(configuration, arguments),
            _ => throw new InvalidOperationException("a reading is either valid or broken"),
        };
    }

    private int Run(ServerConfiguration configuration, IReadOnlyCollection<string> arguments)
    {
        var theirs = host.IsRoot || IsOurs(configuration) ? configuration : ForRoot() ?? configuration;
        var mailer = theirs.Alerts!.Mailer;
        if (!host.IsRoot && mailer.Uid != host.Self.Uid)
        {
            return Fail(ExitCode.NotPermitted, $"the mailer of {Printable.Escaped(file)} is '{mailer.User}', and you are "
                + $"'{host.Self.Name}': run this as root (sudo superserver alert …), or as '{mailer.User}'");
        }

        var service = ServiceFor(theirs, arguments);
        return Fail(ExitCode.OperatingSystem, become(host.IsRoot
            ? service
            : service with { Identity = service.Identity with { IsSwitched = false } }));
    }

    /// <summary>An ordinary user's own daemon has laid out the mailer's store; what root's mailer keeps nobody else can own.</summary>
    private bool IsOurs(ServerConfiguration configuration) =>
        host.Look(configuration.Alerts!.StoreDirectory) is { Kind: FileKind.Directory } store && store.Owner == host.Self.Uid;

    private ServerConfiguration? ForRoot() =>
        (ConfigurationReader.Read(file, host.AsRoot) as ConfigurationReading.Valid)?.Configuration;

    /// <summary>The mailer's service as the daemon would start it, but for the daemon, and with what only commands ask for.</summary>
    private static ServiceDefinition ServiceFor(ServerConfiguration configuration, IReadOnlyCollection<string> arguments)
    {
        var mailer = configuration.Services.Single(service => service.Name == AlertsDefinition.MailerName);
        return mailer with
        {
            Arguments = [AlertsDefinition.MailerName, .. arguments],
            Environment =
            [
                .. ServeCommand.InheritedVariables(),
                .. mailer.Environment.Where(variable => variable.Name != "SUPERSERVER_PID"),
                new("SUPERSERVER_ALERT_SOCKET", mailer.Listen[0].Path!),
                new("SUPERSERVER_IGNORED_AT", string.Join('\n', configuration.Alerts!.IgnoredAt)),
                new("SUPERSERVER_TRIPWIRES", TripwiresJson.Write(configuration.Services.SkipLast(1))),
            ],
        };
    }

    private int Fail(int exitCode, string sentence)
    {
        error.WriteLine($"superserver: {sentence}");
        return exitCode;
    }
}
