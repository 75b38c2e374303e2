using System.Diagnostics;

namespace SuperServer.Handlers.Mailer;

/// <summary>
/// The end of a program. Not WaitForExitAsync: that also waits for everyone who inherited the output, and a queue runner keeps it
/// for long.
/// </summary>
internal static class ProgramEnd
{
    public static Task Of(Process process)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => ended.TrySetResult();
        process.EnableRaisingEvents = true;
        return ended.Task;
    }
}
