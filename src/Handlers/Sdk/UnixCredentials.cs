namespace SuperServer.Handlers;

/// <summary>
/// Who connected to a Unix socket, as the kernel noted it at that moment (SO_PEERCRED, unix(7)). The ids are facts; the process may have ended since, and its
/// number may be another's by now.
/// </summary>
/// <param name="ProcessId">The number of the process that connected.</param>
/// <param name="UserId">Its effective user.</param>
/// <param name="GroupId">Its effective group.</param>
public sealed record UnixCredentials(int ProcessId, long UserId, long GroupId);
