namespace SuperServer.Handlers;

/// <summary>
/// Ends the visit of one client with an exit code and, if there is something to say, one line in the log. It is the way out for what a handler expects to go
/// wrong; it brings no stack trace, and no other client notices.
/// </summary>
/// <param name="exitCode">One of <see cref="Handlers.ExitCode"/>, or another number from 0 to 255.</param>
/// <param name="message">Said at the level of a warning; null or empty: nothing is said.</param>
public sealed class HandlerException(int exitCode, string? message = null) : Exception(message ?? "")
{
    /// <summary>What the daemon is told, from 0 to 255.</summary>
    public int ExitCode { get; } = exitCode & 0xff;
}
