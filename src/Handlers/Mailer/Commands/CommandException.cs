namespace SuperServer.Handlers.Mailer;

/// <summary>A command cannot be obeyed; the message says why and what to do.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
