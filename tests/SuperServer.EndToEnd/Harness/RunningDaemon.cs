using System.Diagnostics;
using System.Net;

namespace SuperServer.EndToEnd.Harness;

/// <summary>
/// The published superserver at work: with a private folder for its files, a log that can be searched, and a service manager
/// that listens to it. It has told the service manager READY=1 before a test sees it, and leaves no process behind.
/// </summary>
internal sealed class RunningDaemon : IAsyncDisposable
{
    private readonly Process _process;
    private readonly PrivateFolder? _ownFolder;

    private RunningDaemon(PrivateFolder folder, PrivateFolder? ownFolder, NotifySocket manager, Process process)
    {
        Folder = folder;
        _ownFolder = ownFolder;
        Manager = manager;
        _process = process;
        Kernel = new LinuxProcess(process.Id);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public PrivateFolder Folder { get; }

    public DaemonLog Log { get; } = new();

    public NotifySocket Manager { get; }

    public LinuxProcess Kernel { get; }

    public bool HasExited => _process.HasExited;

    private int Verdicts => Log.All(Said.Reloaded).Count + Log.All(Said.ReloadRefused).Count;

    public static Task<RunningDaemon> Start(Who who, string services, params string[] through)
    {
        var folder = PrivateFolder.For(who);
        return Start(folder, folder, services, [], through);
    }

    public static Task<RunningDaemon> Start(PrivateFolder folder, string services, params string[] through) =>
        Start(folder, null, services, [], through);

    public static Task<RunningDaemon> Start(
        PrivateFolder folder, string services, Dictionary<string, string> environment, params string[] through) =>
        Start(folder, null, services, environment, through);

    /// <summary>The address that was really bound, for services that listen on port 0.</summary>
    public IPEndPoint Address(string service, string scheme = "tcp") =>
        IPEndPoint.Parse(Endpoints(service, scheme)[^1]);

    public IReadOnlyList<string> Endpoints(string service, string scheme = "tcp") =>
        [.. Log.All(Said.Listening, service)
            .Select(line => line["Endpoint"].Split(':', 2))
            .Where(endpoint => endpoint[0] == scheme)
            .Select(endpoint => endpoint[1])];

    /// <summary>The child that the log says was started last for this service.</summary>
    public async Task<LinuxProcess> Child(string service) =>
        new((await Log.WaitFor("{Service} {Connection} started", service)).Pid);

    public void Write(string services) => Folder.Replace("superserver.toml", Configuration(Folder, services));

    /// <summary>Puts another configuration in place and waits until the daemon has taken it.</summary>
    public async Task Reload(string services)
    {
        Write(services);
        var (ready, verdicts) = (Manager.Count("READY=1"), Verdicts);
        Signal(Signals.HUP);
        await Eventually.Holds(() => Manager.Count("READY=1") > ready && Verdicts > verdicts, "READY=1 after the reload");
    }

    /// <summary>Has the daemon replace itself, and waits until it is there again.</summary>
    public async Task Upgrade()
    {
        var (ready, before) = (Manager.Count("READY=1"), Log.All(Said.TookOver).Count);
        Signal(Signals.USR2);
        await Eventually.Holds(() => Manager.Count("READY=1") > ready && Log.All(Said.TookOver).Count > before, "READY=1 after the takeover");
    }

    /// <summary>What clients do meanwhile comes to the daemon all at once.</summary>
    public async Task<T> InOneMoment<T>(Func<Task<T>> act)
    {
        Signal(Signals.STOP);
        await Eventually.Holds(() => Kernel.State == 'T', "standstill of the daemon");
        try
        {
            return await act();
        }
        finally
        {
            Signal(Signals.CONT);
        }
    }

    /// <summary>Watches the daemon do as good as nothing for a while.</summary>
    public async Task IdlesFor(TimeSpan time)
    {
        var before = Kernel.CpuTime;
        await Task.Delay(time, TestContext.Current.CancellationToken);
        Assert.InRange(Kernel.CpuTime - before, TimeSpan.Zero, time / 10);
    }

    /// <summary>Asks the daemon something by its command line.</summary>
    public Task<Command> Command(params string[] words) => Harness.Command.Run(
        [.. Machine.Becoming(Folder.Owner), Programs.Daemon, .. words, "--config", Folder.At("superserver.toml")]);

    public void Signal(int signal) => Machine.Signal(_process.Id, signal);

    /// <summary>Sends a signal that ends the daemon, and returns its exit code.</summary>
    public async Task<int> End(int signal)
    {
        Signal(signal);
        await _process.WaitForExitAsync(Deadline.Soon);
        return _process.ExitCode;
    }

    public Task Kill() => End(Signals.KILL);

    public async ValueTask DisposeAsync()
    {
        var children = _process.HasExited ? [] : Kernel.Children;
        if (!_process.HasExited)
        {
            Signal(Signals.KILL);
        }

        await _process.WaitForExitAsync(Deadline.Soon);
        foreach (var child in children)
        {
            Machine.KillIfAlive(child.Pid);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"The daemon's log ({Folder.Owner}):\n{Log}");
        Manager.Dispose();
        _process.Dispose();
        _ownFolder?.Dispose();
    }

    private static async Task<RunningDaemon> Start(
        PrivateFolder folder, PrivateFolder? ownFolder, string services, Dictionary<string, string> environment, string[] through)
    {
        folder.Write("superserver.toml", Configuration(folder, services));
        var manager = new NotifySocket(folder.At("notify.sock"), folder.ManagerKeepsSockets);
        // A shell that runs the tests in its background has SIGINT ignored, and an ignored signal stays ignored.
        string[] command =
        [
            .. Machine.Becoming(folder.Owner), "env", "--default-signal=INT", .. through,
            Programs.Daemon, "serve", "--config", folder.At("superserver.toml"),
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/tmp",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Programs.SearchPath;
        start.Environment["NOTIFY_SOCKET"] = manager.Path;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var daemon = new RunningDaemon(folder, ownFolder, manager, Process.Start(start)!);
        await daemon.UntilReady();
        return daemon;
    }

    // A table [daemon] that the test has written itself is kept; it is the last one in the text.
    private static string Configuration(PrivateFolder folder, string services) => $"""
        {services}

        {(services.Contains("[daemon]", StringComparison.Ordinal) ? string.Empty : "[daemon]")}
        run_dir = "{folder.At("run")}"
        {(services.Contains("state_dir", StringComparison.Ordinal) ? string.Empty : $"state_dir = '{folder.At("state")}'")}
        {(Directory.Exists(folder.At("handlers")) ? $"handlers_dir = '{folder.At("handlers")}'" : string.Empty)}

        [log]
        format = "json"

        """ + (folder.Owner == Who.Root && !services.Contains("[defaults]", StringComparison.Ordinal)
        ? """
        [defaults]
        user = "somebody"
        """
        : string.Empty);

    private async Task UntilReady()
    {
        try
        {
            await Eventually.Holds(
                () => HasExited || (Manager.Count("READY=1") > 0 && Log.All(Said.Serving).Count > 0),
                "READY=1 and its line in the log");
            Assert.False(HasExited, "the daemon ended");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private void Hear(string? line)
    {
        if (line is not null)
        {
            Log.Add(line);
        }
    }
}
