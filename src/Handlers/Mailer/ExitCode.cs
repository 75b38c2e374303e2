namespace SuperServer.Handlers.Mailer;

/// <summary>
/// What the daemon, or whoever typed a command, learns from our end (sysexits(3)). From the mailer itself, 0 is "call me when
/// something comes", 75 is "start me again".
/// </summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Usage = 64;

    /// <summary>There is no mail of that number.</summary>
    public const int Unknown = 65;

    /// <summary>Refused for good.</summary>
    public const int Refused = 69;

    public const int StillWaiting = 75;
    public const int NotAllowed = 77;
    public const int Configuration = 78;
}
