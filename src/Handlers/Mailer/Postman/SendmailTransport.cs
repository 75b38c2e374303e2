using System.ComponentModel;
using System.Diagnostics;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// Hands a mail to the local mail system's <c>sendmail</c> program, by its arguments and never by a shell. The message is the
/// program's standard input as a finished file: were it a pipe, a mailer killed while writing would have sent half a mail.
/// </summary>
internal sealed class SendmailTransport(string path, TimeSpan patience) : Transport
{
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(60);

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
        var output = new ProgramOutput(process);
        try
        {
            await ProgramEnd.Of(process).WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return Failed(FailureClass.Transient, $"no end within {patience.TotalSeconds:0} s; it was killed");
        }

        return process.ExitCode == 0
            ? Attempt.AllAccepted(parcel)
            : Failed(
                SendmailExit.Class(process.ExitCode),
                $"{SendmailExit.Words(process.ExitCode)} {await output.Text().ConfigureAwait(false)}".TrimEnd());
    }
}
