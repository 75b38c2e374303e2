using System.Diagnostics;

namespace SuperServer.Handlers.Tests.Support;

/// <summary>A program of the system that a test uses as a client. Ends with the test.</summary>
internal sealed class Tool : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task<string> _said;

    private Tool(Process process)
    {
        _process = process;
        var complaints = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        _said = Task.Run(async () => await output + await complaints);
    }

    public StreamWriter Input => _process.StandardInput;

    public static Tool Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.AutoFlush = true;
        return new Tool(process);
    }

    /// <summary>What it has said when it has ended, on both of its outputs.</summary>
    public string Said()
    {
        Assert.True(_said.Wait(_deadline), $"{_process.StartInfo.FileName} has not ended");
        return _said.Result;
    }

    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        _process.Dispose();
    }
}
