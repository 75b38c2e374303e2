namespace SuperServer.Handlers;

/// <summary>How a handler ends, in the words of sysexits.h: the daemon reads these.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Called in a way that cannot work.</summary>
    public const int Usage = 64;

    /// <summary>The operating system refused something it normally grants.</summary>
    public const int OsError = 71;

    /// <summary>Could not be done now; later it may.</summary>
    public const int TryLater = 75;

    /// <summary>The service's options are wrong.</summary>
    public const int Configuration = 78;
}
