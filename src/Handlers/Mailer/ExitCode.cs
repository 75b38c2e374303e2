namespace SuperServer.Handlers.Mailer;

/// <summary>What the daemon learns from our end (sysexits(3)): 0 is "call me when something comes", 75 is "start me again".</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Usage = 64;
    public const int StillWaiting = 75;
    public const int Configuration = 78;
}
