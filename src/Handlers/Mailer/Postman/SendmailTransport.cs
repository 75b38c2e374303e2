using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Hands a mail to the local mail system's <c>sendmail</c> program, by its arguments and never by a shell. The message is the
/// program's standard input as a finished file: were it a pipe, a mailer killed while writing would have sent half a mail.
/// </summary>
internal sealed class SendmailTransport(string path, TimeSpan patience) : Transport
{
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(60);

    private const int LongestAnswer = 4096;

    public override string Name => $"sendmail {path}";

    public override async Task<Attempt> Deliver(Parcel parcel, CancellationToken stop)
    {
        try
        {
            using var process = Start(parcel);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(patience);
            return await Await(process, parcel, deadline.Token).ConfigureAwait(false);
        }
        catch (Win32Exception missing)
        {
            return Failed(FailureClass.Configuration, missing.Message);
        }
        catch (IOException error)
        {
            return Failed(FailureClass.Transient, error.Message);
        }
    }

    private Process Start(Parcel parcel)
    {
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        foreach (var argument in (string[])["-i", "-f", parcel.Sender, "--", .. parcel.Recipients])
        {
            start.ArgumentList.Add(argument);
        }

        // Our environment holds our options; it needs none of them.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        return StandardInput.Lend(parcel.Message, () => Process.Start(start))
            ?? throw new IOException("it did not start");
    }

    private async Task<Attempt> Await(Process process, Parcel parcel, CancellationToken deadline)
    {
        var answer = new StringBuilder();
        process.OutputDataReceived += (_, line) => Keep(answer, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(answer, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await ((Task)Ended(process)).WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return Failed(FailureClass.Transient, $"no end within {patience.TotalSeconds:0} s; it was killed");
        }

        return process.ExitCode == 0 ? Attempt.AllAccepted(parcel) : Failed(SendmailExit.Class(process.ExitCode), Words(process, answer));
    }

    // Not WaitForExitAsync alone: that also waits for everyone who inherited the output, and a queue runner keeps it for long.
    private static TaskCompletionSource<bool> EndOf(Process process)
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => ended.TrySetResult(true);
        process.EnableRaisingEvents = true;
        return ended;
    }

    private static Task<bool> Ended(Process process) => EndOf(process).Task;

    private static void Keep(StringBuilder answer, string? line)
    {
        lock (answer)
        {
            if (line is not null && answer.Length < LongestAnswer)
            {
                answer.Append(answer.Length == 0 ? "" : " ").Append(line);
            }
        }
    }

    private static string Words(Process process, StringBuilder answer)
    {
        lock (answer)
        {
            return $"{SendmailExit.Words(process.ExitCode)} {answer}".TrimEnd();
        }
    }
}
