namespace SuperServer.Handlers.Mailer;

/// <summary>
/// This process reads secrets. So nobody but root may look into it or have its memory in a core file, and no program that it starts
/// inherits the files in which they stand.
/// </summary>
internal static class Confinement
{
    private const int FirstInherited = 3;
    private const int MostInherited = 64;

    public static void Begin()
    {
        _ = Libc.prctl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0);
        for (var descriptor = FirstInherited; descriptor < FirstInherited + MostInherited; descriptor++)
        {
            _ = Libc.fcntl(descriptor, Libc.F_SETFD, Libc.FD_CLOEXEC);
        }
    }
}
