using SuperServer.Accepting;
using SuperServer.Configuration;
using SuperServer.Interop;

namespace SuperServer.Launching;

/// <summary>
/// Starts children: the plan says what, the arrival says for whom. One native call does the rest (spawn.c). The socket stays
/// the caller's, whatever happens.
/// </summary>
internal sealed unsafe class Launcher(TimeProvider clock) : IDisposable
{
    private readonly ChildEnvironment _environment = new();
    private readonly int _null = OpenNull();
    private long _last;

    public LaunchResult Launch(ServiceDefinition service, LaunchPlan plan, in Arrival arrival)
    {
        var id = IdFor(arrival);
        _environment.Describe(plan, id, arrival);
        return Start(service, plan, id, new Spawn.Descriptors { Socket = arrival.Socket }, arrival.Peer);
    }

    public LaunchResult Launch(ServiceDefinition service, LaunchPlan plan, Listener listener)
    {
        var id = NextId();
        _environment.Describe(plan, id, listener);
        return service.OpenFiles.Count == 0
            ? Start(service, plan, id, new Spawn.Descriptors { Socket = listener.Socket }, peer: null)
            : StartWithFiles(service, plan, id, listener.Socket);
    }

    // What cannot be opened is an empty file: the others keep their numbers, and the child says what it misses.
    private LaunchResult StartWithFiles(ServiceDefinition service, LaunchPlan plan, ConnectionId id, int socket)
    {
        var files = service.OpenFiles.Select(path => Libc.open(path, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0)).ToArray();
        var places = files.Select(file => file >= 0 ? file : _null).ToArray();
        fixed (int* more = places)
        {
            var result = Start(service, plan, id, More(socket, more, places.Length), peer: null);
            foreach (var file in files.Where(file => file >= 0))
            {
                _ = Libc.close(file);
            }

            return result;
        }
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

    /// <summary>A program that serves nobody: it has /dev/null where others have a socket.</summary>
    public LaunchResult LaunchTask(ServiceDefinition service, LaunchPlan plan)
    {
        var id = NextId();
        _environment.Describe(plan, id);
        return Start(service, plan, id, new Spawn.Descriptors { Socket = _null }, peer: null);
    }

    /// <summary>
    /// Starts a worker of a pool on one end of a socket pair; the other, which does not block, is the caller's to close. Messages
    /// keep their bounds, and an end that is closed is noticed: SOCK_SEQPACKET (unix(7)).
    /// </summary>
    public LaunchResult LaunchWorker(ServiceDefinition service, LaunchPlan plan, out int socket)
    {
        var id = NextId();
        var ends = stackalloc int[2];
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC, 0, ends) != 0)
        {
            socket = -1;
            return new LaunchResult.Failed(Spawn.Step.Pipe, Errno.Last);
        }

        _ = Libc.fcntl(ends[0], Libc.F_SETFL, Libc.O_NONBLOCK);
        _environment.DescribeWorker(plan, id, service.Pool.MaxConcurrent);
        var result = Start(service, plan, id, new Spawn.Descriptors { Socket = ends[1] }, peer: null);
        _ = Libc.close(ends[1]);
        socket = result is LaunchResult.Launched ? ends[0] : -1;
        if (socket < 0)
        {
            _ = Libc.close(ends[0]);
        }

        return result;
    }

    /// <summary>The variables of a connection as one message to a worker, valid until the next call.</summary>
    public ReadOnlySpan<byte> Describe(LaunchPlan plan, ConnectionId id, in Arrival arrival) =>
        _environment.DescribeConnection(plan, id, arrival);

    /// <summary>The same for a process of the vestibule, and how long the visit may take.</summary>
    public ReadOnlySpan<byte> DescribeVisit(LaunchPlan plan, ConnectionId id, in Arrival arrival, TimeSpan timeout) =>
        _environment.DescribeVisit(plan, id, arrival, timeout);

    /// <summary>The id that it has since it was in the vestibule, or the next one.</summary>
    public ConnectionId IdFor(in Arrival arrival) => arrival.Passage is { } passage ? new(passage.Number) : NextId();

    /// <summary>After a new start in place: the ids go on where they were.</summary>
    public void GoOnAfter(long last) => _last = last;

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
            return new LaunchResult.Launched(new Child(id, result.Pid, result.PidFd, peer, clock, clock.GetElapsedTime(0)), words);
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
