using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.Serving;

/// <summary>
/// wait, streams: accepts from the service's own socket and serves everybody at once. It leaves when nobody has been there for a while, and leaves the socket's
/// flags as they were.
/// </summary>
internal sealed class ListenerServer(Trade trade, HandlerSettings settings, TimeSpan idle, int listener, Drain drain)
{
    private static readonly TimeSpan _resourcePause = TimeSpan.FromMilliseconds(100);

    private readonly Readiness _readiness = new(listener);
    private readonly byte[] _name = new byte[Libc.SockaddrStorageSize];
    private int _accepted;

    public async Task<int> Serve()
    {
        var wasBlocking = InheritedSocket.IsBlocking(listener);
        InheritedSocket.SetBlocking(false, listener);
        using var attendance = new Attendance(idle, settings.MaxConcurrent);
        int result;
        try
        {
            result = await Accept(attendance).ConfigureAwait(false);
        }
        finally
        {
            InheritedSocket.SetBlocking(wasBlocking, listener);
        }

        await drain.Bound(attendance.WhenEmpty()).ConfigureAwait(false);
        return result;
    }

    private async Task<int> Accept(Attendance attendance)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(attendance.Idle, drain.Closing);
        try
        {
            while (true)
            {
                await attendance.WaitForPlace(ending.Token).ConfigureAwait(false);
                var (socket, peer) = await Next(ending.Token).ConfigureAwait(false);
                attendance.Enter();
                _ = Task.Run(() => Receive(socket, peer, attendance), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done;
        }
        catch (IOException broken)
        {
            new Log().Error(broken.Message);
            return ExitCode.OsError;
        }
    }

    private async Task Receive(int socket, SocketName? peer, Attendance attendance)
    {
        try
        {
            var id = $"{Encounter.ProcessName}.{Interlocked.Increment(ref _accepted)}";
            var encounter = Encounter.Accepted(socket, peer, id);
            await Visit.Serve(trade, new ClientStream(new SocketHandle(socket)), encounter, new Log(id), drain.Stop).ConfigureAwait(false);
        }
        finally
        {
            attendance.Leave();
        }
    }

    private async ValueTask<(int Socket, SocketName? Peer)> Next(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var length = (uint)_name.Length;
            var socket = Libc.accept4(listener, _name, ref length, Libc.SOCK_CLOEXEC);
            if (socket >= 0)
            {
                return (socket, SocketName.Parse(_name.AsSpan(0, (int)length)));
            }

            await Rest(Errno.Last, cancellation).ConfigureAwait(false);
        }
    }

    private ValueTask Rest(int errno, CancellationToken cancellation) => errno switch
    {
        Errno.EAGAIN => _readiness.Wait(_readiness.Reading, cancellation),
        Errno.EINTR or Errno.ECONNABORTED or Errno.EPROTO => default,
        Errno.ENETDOWN or Errno.ENETUNREACH or Errno.EHOSTDOWN or Errno.EHOSTUNREACH => default,
        Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM => new ValueTask(Task.Delay(_resourcePause, cancellation)),
        _ => throw new IOException($"accept: {Errno.Text(errno)}"),
    };
}
