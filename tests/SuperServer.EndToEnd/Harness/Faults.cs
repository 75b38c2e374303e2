using System.Diagnostics;

namespace SuperServer.EndToEnd.Harness;

/// <summary>
/// A kernel that refuses: strace(1) makes system calls of the daemon's own thread fail, and counts those that it has made fail.
/// </summary>
internal sealed class Faults : IAsyncDisposable
{
    private readonly Process _strace;
    private readonly PrivateFolder _folder;

    private Faults(Process strace, PrivateFolder folder) => (_strace, _folder) = (strace, folder);

    /// <summary>How many calls have failed because of it.</summary>
    public int Injected =>
        File.ReadLines(_folder.At("strace")).Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal));

    /// <summary>Everything that was called since, as strace prints it.</summary>
    public string Calls => File.ReadAllText(_folder.At("strace"));

    /// <summary>Makes nothing fail: only looks at which calls there are, in all threads.</summary>
    public static Task<Faults> Watch(RunningDaemon daemon, string call) => Trace(daemon, "-f", "-e", $"trace={call}");

    /// <summary>From now on, for example <c>Inject(daemon, "accept4", "EMFILE", "1..3")</c>: the first three fail.</summary>
    public static Task<Faults> Inject(RunningDaemon daemon, string call, string error, string when) =>
        Trace(daemon, "-e", $"trace={call}", "-e", $"inject={call}:error={error}:when={when}");

    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            Machine.Signal(_strace.Id, Signals.INT);        // it lets go of the daemon, and ends
        }

        await _strace.WaitForExitAsync(Deadline.Soon);
        _strace.Dispose();
    }

    private static async Task<Faults> Trace(RunningDaemon daemon, params string[] what)
    {
        var folder = daemon.Folder;
        await File.WriteAllTextAsync(folder.At("strace"), string.Empty);
        var strace = Process.Start(new ProcessStartInfo(Machine.Program("strace"), [
            "--quiet=all", "-o", folder.At("strace"), "-p", $"{daemon.Kernel.Pid}", .. what,
        ]))!;
        await Eventually.Holds(() => strace.HasExited || daemon.Kernel.IsTraced, "strace at the daemon");
        Assert.False(strace.HasExited, "strace could not trace the daemon");
        return new Faults(strace, folder);
    }
}
