namespace SuperServer.Handlers;

/// <summary>
/// How a handler ends, in the words of <c>sysexits.h</c>. The daemon reads and logs these codes, from a process of its own and from one connection of a
/// pool alike (docs/handlers/README.md); any other code from 1 to 255 is logged as a failure.
/// </summary>
public static class ExitCode
{
    /// <summary>0: done; there is nothing to say about it.</summary>
    public const int Done = 0;

    /// <summary>64 (EX_USAGE): called in a way that cannot work. Descriptor 0 is not what the handler serves, or an argument is unknown.</summary>
    public const int Usage = 64;

    /// <summary>65 (EX_DATAERR): the client has sent what the handler cannot take.</summary>
    public const int BadData = 65;

    /// <summary>69 (EX_UNAVAILABLE): something that the handler needs does not answer.</summary>
    public const int Unavailable = 69;

    /// <summary>70 (EX_SOFTWARE): a mistake of the handler. The SDK ends with it after an exception that nobody has caught.</summary>
    public const int Software = 70;

    /// <summary>71 (EX_OSERR): the operating system refused something it normally grants.</summary>
    public const int OsError = 71;

    /// <summary>75 (EX_TEMPFAIL): could not be done now; later it may.</summary>
    public const int TryLater = 75;

    /// <summary>77 (EX_NOPERM): the client misbehaves. Where the service has <c>penalty</c> set, its address is barred from all services for that long.</summary>
    public const int Misbehaved = 77;

    /// <summary>78 (EX_CONFIG): the service's options are wrong. The SDK ends with it before it serves anybody.</summary>
    public const int Configuration = 78;
}
