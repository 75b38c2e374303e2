using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// Takes the socket from descriptors 0, 1 and 2 to a number of its own that no program we may start inherits. What somebody prints goes to the log then and never
/// to a client or to the daemon, and the connection ends when we close it.
/// </summary>
internal static class StandardDescriptors
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    public static int TakeSocket()
    {
        var socket = Libc.fcntl(InheritedSocket.Descriptor, Libc.F_DUPFD_CLOEXEC, StandardError + 1);
        if (socket < 0)
        {
            throw new IOException($"fcntl: {Errno.Text(Errno.Last)}");
        }

        var nowhere = Libc.open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC);
        if (InheritedSocket.AreSame(socket, StandardError))
        {
            _ = Libc.dup2(nowhere, StandardError);
        }

        _ = Libc.dup2(nowhere, InheritedSocket.Descriptor);
        _ = Libc.dup2(StandardError, StandardOutput);
        _ = nowhere > StandardError ? Libc.close(nowhere) : 0;
        return socket;
    }

    /// <summary>A client is a descriptor, and the usual limit of 1024 is for programs with select(2).</summary>
    public static void RaiseLimit()
    {
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, out var limit) == 0)
        {
            _ = Libc.setrlimit(Libc.RLIMIT_NOFILE, limit with { rlim_cur = limit.rlim_max });
        }
    }
}
