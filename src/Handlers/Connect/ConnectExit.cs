namespace SuperServer.Handlers.Connect;

/// <summary>What <c>superserver connect</c> exits with, in the words of sysexits.h.</summary>
internal static class ConnectExit
{
    public const int Done = 0;

    /// <summary>EX_USAGE.</summary>
    public const int Usage = 64;

    /// <summary>EX_NOINPUT: the file of --ca cannot be read.</summary>
    public const int NoInput = 66;

    /// <summary>EX_NOHOST: nobody knows a host of that name.</summary>
    public const int NoHost = 68;

    /// <summary>EX_UNAVAILABLE: not one of its addresses takes the connection.</summary>
    public const int Unreachable = 69;

    /// <summary>EX_TEMPFAIL: no answer in time.</summary>
    public const int Timeout = 75;

    /// <summary>EX_PROTOCOL: the connection was reset, or TLS did not come about.</summary>
    public const int Protocol = 76;
}
