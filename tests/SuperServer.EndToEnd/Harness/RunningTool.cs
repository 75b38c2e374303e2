using System.Diagnostics;
using System.Net;
using System.Text;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A command of superserver that runs until it is told to end, as a terminal or a script has it.</summary>
internal sealed class RunningTool : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly StringBuilder _output = new();

    private RunningTool(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public LinuxProcess Kernel => new(Pid);

    public string Output => Text(_output);

    public string Error => Text(_error);

    public static RunningTool Start(PrivateFolder folder, params string[] arguments) => Start(folder, [], arguments);

    /// <param name="folder">Where it is started, and whose it is.</param>
    /// <param name="through">What stands before it on the command line.</param>
    /// <param name="arguments">What stands behind it.</param>
    public static RunningTool Start(PrivateFolder folder, string[] through, string[] arguments)
    {
        // Whoever runs the tests in the background has SIGINT ignored, under nohup SIGHUP too, and an ignored signal stays ignored.
        string[] command =
            [.. Machine.Becoming(folder.Owner), "env", "--default-signal=INT,HUP", .. through, Programs.Daemon, .. arguments];
        return new RunningTool(Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        })!);
    }

    public Task WaitFor(string words) => Eventually.Holds(
        () =>
        {
            var hasEnded = _process.HasExited && _process.WaitForExit(1000);
            var said = Error.Contains(words, StringComparison.Ordinal);
            Assert.True(said || !hasEnded, $"it has ended and never said \"{words}\": {Error}");
            return said;
        },
        $"line with \"{words}\"");

    /// <summary>Where it says that it listens; the first such line.</summary>
    public async Task<IPEndPoint> Address()
    {
        await WaitFor("serving ");
        var line = Error.Split('\n').First(line => line.Contains(" listening on ", StringComparison.Ordinal));
        return IPEndPoint.Parse(line.Split(' ')[^1].Split(':', 2)[1]);
    }

    public void Signal(int signal) => Machine.Signal(Pid, signal);

    public async Task<int> End()
    {
        await _process.WaitForExitAsync(Deadline.Soon);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(Deadline.Soon);
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            _ = line is null ? text : text.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
