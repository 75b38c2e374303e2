namespace SuperServer.Commands;

/// <summary>What the programs exit with (sysexits.h).</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>EX_USAGE: the command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>EX_NOINPUT: the file named cannot be read.</summary>
    public const int NoInput = 66;

    /// <summary>EX_UNAVAILABLE: the daemon does not answer, or will not do what was asked.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_OSERR: the system does not let us: a port taken, a folder that cannot be made.</summary>
    public const int OperatingSystem = 71;

    /// <summary>EX_CANTCREAT: a file that was asked for cannot be written.</summary>
    public const int CannotCreate = 73;

    /// <summary>EX_NOPERM: whoever was asked about would not be let in.</summary>
    public const int NotPermitted = 77;

    /// <summary>EX_CONFIG: the configuration has a mistake.</summary>
    public const int Configuration = 78;
}
