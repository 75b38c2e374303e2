using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Launching;

/// <summary>
/// Starts children: the plan says what, the arrival says for whom. One native call does the rest (spawn.c). The socket stays
/// the caller's, whatever happens.
/// </summary>
internal sealed unsafe class Launcher : IDisposable
{
    private readonly ChildEnvironment _environment = new();
    private readonly int _null = OpenNull();
    private long _last;

    public LaunchResult Launch(ServiceDefinition service, LaunchPlan plan, in Arrival arrival)
    {
        var id = NextId();
        _environment.Describe(plan, id, arrival);
        return Start(service, plan, id, new Spawn.Descriptors { Socket = arrival.Socket }, arrival.Peer);
    }

    public LaunchResult Launch(ServiceDefinition service, LaunchPlan plan, Listener listener)
    {
        var id = NextId();
        _environment.Describe(plan, id, listener);
        return Start(service, plan, id, new Spawn.Descriptors { Socket = listener.Socket }, peer: null);
    }

    /// <summary>One server for all sockets of a service, which it finds from descriptor 3 on (sd_listen_fds(3)).</summary>
    public LaunchResult Launch(
        ServiceDefinition service, LaunchPlan plan, IReadOnlyList<Listener> listeners, IReadOnlyList<string> names)
    {
        var id = NextId();
        _environment.Describe(plan, id, listeners[0]);
        var ownPid = _environment.DescribeSockets(names);
        var sockets = listeners.Select(listener => listener.Socket).ToArray();
        fixed (int* more = sockets)
        {
            return Start(service, plan, id, More(sockets[0], more, sockets.Length) with { OwnPid = ownPid }, peer: null);
        }
    }

    /// <summary>A helper of ours that gets two descriptors, on 0 and on 3.</summary>
    public LaunchResult Launch(ServiceDefinition service, LaunchPlan plan, int first, int second)
    {
        var id = NextId();
        _environment.Describe(plan, id);
        return Start(service, plan, id, More(first, &second, 1), peer: null);
    }

    /// <summary>An id of its own for an arrival that gets no child: its refusal is logged like everything else.</summary>
    public ConnectionId NextId() => new(++_last);

    /// <summary>The id of the launch before, for the line that says it failed.</summary>
    public ConnectionId LastId => new(_last);

    public void Dispose()
    {
        _environment.Dispose();
        _ = Libc.close(_null);
    }

    private static int OpenNull()
    {
        var descriptor = Libc.open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC, 0);
        return descriptor >= 0 ? descriptor : throw new InvalidOperationException($"/dev/null: {Errno.Say(Errno.Last)}");
    }

    private static Spawn.Descriptors More(int socket, int* more, int count) =>
        new() { Socket = socket, More = more, MoreCount = (uint)count };

    private LaunchResult Start(
        ServiceDefinition service, LaunchPlan plan, ConnectionId id, Spawn.Descriptors descriptors, Peer? peer)
    {
        var (words, errorOutput) = (-1, service.StandardError == StandardError.Null ? _null : -1);
        if (service.StandardError == StandardError.Log && !OpenPipe(out words, out errorOutput))
        {
            return new LaunchResult.Failed(Spawn.Step.Pipe, Errno.Last);
        }

        Spawn.Result result;
        descriptors.ErrorOutput = errorOutput;
        var started = Spawn.Start(plan.Native, plan.Environment, &descriptors, &result) == 0;
        if (words >= 0)
        {
            _ = Libc.close(errorOutput);    // the child has its own by now, and ours would keep the pipe open for ever
        }

        if (started)
        {
            return new LaunchResult.Launched(new Child(id, result.Pid, result.PidFd, peer), words);
        }

        if (words >= 0)
        {
            _ = Libc.close(words);
        }

        return new LaunchResult.Failed(result.Step, result.Errno);
    }

    // Our end must not block us, and the child's must block the child: O_NONBLOCK belongs to each end of a pipe by itself.
    private static bool OpenPipe(out int readEnd, out int writeEnd)
    {
        var ends = stackalloc int[2];
        var isOpen = Libc.pipe2(ends, Libc.O_CLOEXEC) == 0;
        (readEnd, writeEnd) = isOpen ? (ends[0], ends[1]) : (-1, -1);
        if (isOpen)
        {
            _ = Libc.fcntl(readEnd, Libc.F_SETFL, Libc.O_NONBLOCK);
        }

        return isOpen;
    }
}
