using System.ComponentModel;
using System.Diagnostics;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Asks the administrator's program for an OAuth2 access token: its arguments are its own, no shell sees them, and the token is the
/// first line that it prints. It is asked for each connection; caching is its affair, for it knows how long a token lives.
/// </summary>
internal static class TokenCommand
{
    private const int LongestToken = 64 * 1024;
    private const int TryLater = 75;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <exception cref="SecretException">It cannot be started, fails, is too slow, or prints nothing.</exception>
    public static async Task<string> Ask(IReadOnlyList<string> command, CancellationToken stop)
    {
        using var process = Start(command);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(_patience);
        try
        {
            var error = FirstLine(process.StandardError, deadline.Token);
            var token = await FirstLine(process.StandardOutput, deadline.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            return Judge(process.ExitCode, token, await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            stop.ThrowIfCancellationRequested();
            throw new SecretException(FailureClass.Transient, $"'token_command' took longer than {_patience.TotalSeconds:0} s and was killed");
        }
    }

    private static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        try
        {
            return StandardInput.Lend([], () => Process.Start(start))!;
        }
        catch (Win32Exception error)
        {
            throw new SecretException(FailureClass.Configuration, $"'token_command' cannot be started: {error.Message}");
        }
    }

    private static string Judge(int exitCode, string token, string complaint) => (exitCode, token) switch
    {
        (0, { Length: > 0 }) when !token.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) => token,
        (0, { Length: 0 }) => throw new SecretException(FailureClass.Configuration, "'token_command' printed nothing"),
        (0, _) => throw new SecretException(FailureClass.Configuration, "'token_command' printed something that is no token"),
        (TryLater, _) => throw new SecretException(FailureClass.Transient, $"'token_command' says to try again later: {Clean.Text(complaint, 200)}"),
        _ => throw new SecretException(
            FailureClass.Configuration, $"'token_command' ended with exit code {exitCode}: {Clean.Text(complaint, 200)}"),
    };

    // Bounded, and read to the end: a program that writes more must not hang on a full pipe.
    private static async Task<string> FirstLine(StreamReader reader, CancellationToken stop)
    {
        var buffer = new char[4096];
        var line = new System.Text.StringBuilder();
        var isOver = false;
        for (int count; (count = await reader.ReadAsync(buffer, stop).ConfigureAwait(false)) > 0;)
        {
            var end = buffer.AsSpan(0, count).IndexOf('\n');
            if (!isOver && line.Length < LongestToken)
            {
                line.Append(buffer, 0, end < 0 ? count : end);
            }

            isOver |= end >= 0;
        }

        return line.ToString().TrimEnd('\r');
    }
}
