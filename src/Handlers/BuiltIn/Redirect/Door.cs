using SuperServer.Handlers.BuiltIn.Serving;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>Where clients come from; which of the three it is depends on descriptor 0 alone.</summary>
internal abstract class Door
{
    /// <summary>Readable when somebody is there; <see cref="Dial.NoSocket"/> when there is nothing to watch.</summary>
    public abstract int Socket { get; }

    /// <summary>Nobody comes any more.</summary>
    public bool IsClosed { get; protected set; }

    /// <summary>When to look again without having been woken, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public virtual long Deadline => long.MaxValue;

    public int ExitCode { get; protected set; }

    public abstract Guest? Next();

    /// <summary>A client's connection is over and his socket closed.</summary>
    public abstract void Over(Guest guest, int exitCode);

    /// <summary>Told at every turn of the loop, for a door that closes when nobody has been there for a while.</summary>
    public virtual void Tick(int guests)
    {
    }

    public virtual void Close() => IsClosed = true;
}

/// <summary>nowait: the client is on descriptor 0.</summary>
internal sealed class DoorOfOne : Door
{
    public override int Socket => Dial.NoSocket;

    public override Guest? Next()
    {
        Close();
        return new Guest(InheritedSocket.Descriptor, Visitor.OnlyOne(InheritedSocket.Descriptor), []);
    }

    public override void Over(Guest guest, int exitCode) => ExitCode = exitCode;
}

/// <summary>pool: clients come as messages, with what a process of their own would have had in its environment.</summary>
internal sealed class DoorOfPool : Door
{
    private readonly PoolLink _daemon = new(InheritedSocket.Descriptor);

    public override int Socket => _daemon.Socket;

    public override Guest? Next()
    {
        while (_daemon.Receive(out var connection) is not PoolNews.None and var news)
        {
            if (news == PoolNews.End)
            {
                Close();
                return null;
            }

            if (connection.Socket != PoolConnection.NoSocket)
            {
                return new Guest(
                    connection.Socket, Visitor.Known(connection.Socket, connection.ToEnvironment()), connection.Id.ToArray());
            }

            _daemon.Done(connection.Id, Handlers.ExitCode.TryLater);        // no descriptor was left for it
        }

        return null;
    }

    public override void Over(Guest guest, int exitCode) => _daemon.Done(guest.Id, exitCode);
}

/// <summary>wait: clients wait in the queue of descriptor 0. It closes when nobody has been there for a while.</summary>
internal sealed class DoorOfMany : Door
{
    // Descriptors have run out: an ending frees one, and if the ending is another process's, we look again after this.
    private const int ResourcePause = 100;

    private readonly long _idle;
    private long _busyAt = Environment.TickCount64;
    private long _restingUntil;
    private bool _isEmpty;

    public DoorOfMany(TimeSpan idle)
    {
        _idle = (long)idle.TotalMilliseconds;
        InheritedSocket.SetBlocking(false);
    }

    public override int Socket => IsResting ? Dial.NoSocket : InheritedSocket.Descriptor;

    public override long Deadline =>
        IsClosed ? long.MaxValue : Math.Min(IsResting ? _restingUntil : long.MaxValue, _isEmpty ? _busyAt + _idle : long.MaxValue);

    private bool IsResting => Environment.TickCount64 < _restingUntil;

    public override Guest? Next()
    {
        var socket = Libc.accept4(InheritedSocket.Descriptor, 0, 0, Libc.SOCK_CLOEXEC);
        if (socket >= 0)
        {
            return new Guest(socket, Visitor.Accepted(socket), []);
        }

        switch (Errno.Last)
        {
            case Errno.EAGAIN:
            case Errno.EINTR or Errno.ECONNABORTED or Errno.EPROTO:
            case Errno.ENETDOWN or Errno.ENETUNREACH or Errno.EHOSTDOWN or Errno.EHOSTUNREACH:
                break;

            case Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM:
                _restingUntil = Environment.TickCount64 + ResourcePause;
                break;

            default:
                Output.Complain($"{Redirector.Name}: accept: {Errno.Text(Errno.Last)}");
                ExitCode = Handlers.ExitCode.OsError;
                Close();
                break;
        }

        return null;
    }

    public override void Over(Guest guest, int exitCode) => _restingUntil = 0;

    public override void Tick(int guests)
    {
        var now = Environment.TickCount64;
        _isEmpty = guests == 0;
        _busyAt = _isEmpty ? _busyAt : now;
        if (!IsClosed && now - _busyAt >= _idle)
        {
            Close();
        }
    }

    public override void Close()
    {
        base.Close();
        InheritedSocket.SetBlocking(true);      // the socket is the daemon's: it is left as it was
    }
}
