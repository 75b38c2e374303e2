using System.ComponentModel;
using System.Diagnostics;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Runs the administrator's program for a mail: by its arguments, without a shell, with the payload as its standard input, as the
/// mailer's user. It leads a process group of its own, so that nothing of it is left when its time is over.
/// </summary>
internal sealed class ExecTransport(IReadOnlyList<string> command, TimeSpan patience) : Transport
{
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(10);

    public override string Name => $"exec {command[0]}";

    public override async Task<Attempt> Deliver(Parcel parcel, CancellationToken stop)
    {
        Witness?.Begins("program");
        if (!File.Exists(command[0]))
        {
            return Failed(FailureClass.Configuration, "there is no such program");
        }

        try
        {
            using var process = StandardInput.Lend(parcel.Payload, () => Process.Start(Start())) ?? throw new IOException("it did not start");
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(patience);
            return await Await(process, parcel, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            return Failed(FailureClass.Transient, error.Message);
        }
    }

    private ProcessStartInfo Start()
    {
        var start = new ProcessStartInfo(GroupLeader.Program, GroupLeader.ArgumentsFor(command))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        return start;
    }

    private async Task<Attempt> Await(Process process, Parcel parcel, CancellationToken deadline)
    {
        var output = new ProgramOutput(process);
        try
        {
            await ProgramEnd.Of(process).WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = Libc.kill(-process.Id, Libc.SIGKILL);
            process.Kill(entireProcessTree: true);
            return Failed(FailureClass.Transient, $"no end within {patience.TotalSeconds:0.#} s; it was killed, and all that it had started");
        }

        if (process.ExitCode == 0)
        {
            Witness?.Hear("program", "it ended with exit code 0");
            return Attempt.AllAccepted(parcel);
        }

        return Failed(
            SendmailExit.Class(process.ExitCode),
            $"{SendmailExit.Words(process.ExitCode)} {await output.Text().ConfigureAwait(false)}".TrimEnd());
    }
}
