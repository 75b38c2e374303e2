using System.Diagnostics;

namespace SuperServer.EndToEnd.Harness;

/// <summary>A program that was run to its end: what it printed, and how it ended.</summary>
internal sealed record Command(int ExitCode, string Output, string Error)
{
    public static Task<Command> Run(params string[] command) => Run([], string.Empty, Deadline.Seconds * 2, command);

    public static async Task<Command> Run(
        Dictionary<string, string> environment, string input, int seconds, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/tmp",
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(Deadline.In(seconds));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} took more than {seconds} s: {await output} {await error}");
        }

        return new Command(process.ExitCode, await output, await error);
    }

    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit {ExitCode}: {Error}{Output}");
        return Output;
    }
}
