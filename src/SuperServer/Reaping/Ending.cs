namespace SuperServer.Reaping;

/// <summary>How a child ended: an exit code or a signal, never both, and how long it had lived.</summary>
internal readonly record struct Ending(int? ExitCode, int? Signal, TimeSpan Age)
{
    /// <summary>EX_NOPERM of sysexits.h: the program asks for a penalty for its client.</summary>
    public const int NotPermitted = 77;

    public bool IsClean => ExitCode == 0;
}
