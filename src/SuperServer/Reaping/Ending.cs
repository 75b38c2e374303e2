namespace SuperServer.Reaping;

/// <summary>How a child ended: an exit code or a signal, never both, and how long it had lived.</summary>
internal readonly record struct Ending(int? ExitCode, int? Signal, TimeSpan Age)
{
    public bool IsClean => ExitCode == 0;
}
