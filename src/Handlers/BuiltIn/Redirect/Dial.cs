using System.Net;
using SuperServer.Handlers.Interop;

namespace SuperServer.Handlers.BuiltIn.Redirect;

/// <summary>
/// The search for a target that answers: one after the other in their order, of each all addresses, the next when one has failed or has
/// kept silent for a moment (RFC 8305). The first that answers has won.
/// </summary>
/// <param name="targets">Where to; at least one.</param>
/// <param name="patience">For each target, its look-up included.</param>
/// <param name="book">Knows hosts.</param>
/// <param name="watch">Sees when a connection is made.</param>
/// <param name="owner">Whose search it is.</param>
/// <param name="changed">Called when the book has answered; everything else comes about in the owner's own steps.</param>
internal sealed class Dial(
    IReadOnlyList<Target> targets, TimeSpan patience, HostBook book, Watch<Relay> watch, Relay owner, Action changed)
{
    public const int NoSocket = -1;

    // RFC 8305, section 8: the connection attempt delay.
    private const int NextAfter = 250;

    // A local server whose queue is full says so at once, and has room a moment later.
    private const int AgainAfter = 50;

    private readonly List<(int Socket, string Where)> _attempts = [];
    private readonly Queue<(Target Target, EndPoint Address)> _untried = new();
    private readonly List<string> _complaints = [];
    private int _tried;
    private long _until = long.MaxValue;
    private long _nextAt = long.MaxValue;
    private bool _isLookingUp;

    /// <summary>The connection, once there is one.</summary>
    public int Socket { get; private set; } = NoSocket;

    /// <summary>What it leads to, for people.</summary>
    public string Where { get; private set; } = "";

    /// <summary>Why none of them answers; null while there is hope.</summary>
    public string? Failure { get; private set; }

    /// <summary>When <see cref="Tick"/> has something to do, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline => Math.Min(_until, _nextAt);

    private bool IsOver => Socket != NoSocket || Failure is not null;

    /// <summary>Takes the next target.</summary>
    public void Next()
    {
        (_until, _nextAt) = (long.MaxValue, long.MaxValue);
        if (_tried == targets.Count)
        {
            Failure = string.Join("; ", _complaints);
            return;
        }

        var target = targets[_tried++];
        _until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        if (target.Known is { } known)
        {
            _untried.Enqueue((target, known));
            Try();
        }
        else if (book.Recent(target.Host!) is { } addresses)
        {
            Take(target, addresses);
        }
        else
        {
            LookUp(target);
        }
    }

    /// <summary>A socket of ours is ready.</summary>
    public void Step(int socket)
    {
        var index = _attempts.FindIndex(attempt => attempt.Socket == socket);
        if (index < 0 || IsOver)
        {
            return;
        }

        var (_, where) = _attempts[index];
        if (ErrorOf(socket) is not 0 and var error)
        {
            _attempts.RemoveAt(index);
            watch.Close(socket);
            Complain(where, Errno.Text(error));
            Try();
        }
        else if (SocketName.OfPeer(socket) is not null)     // it may have been another's turn, whose number this socket has now
        {
            _attempts.RemoveAt(index);
            Win(socket, where);
        }
    }

    public void Tick()
    {
        var now = Environment.TickCount64;
        if (now >= _until)
        {
            _complaints.Add($"{targets[_tried - 1]}: no answer{(_isLookingUp ? " from the name server" : "")}");
            Abandon();
            Next();
        }
        else if (now >= _nextAt)
        {
            Try();
        }
    }

    /// <summary>Gives up every attempt; a connection that has been made is the caller's.</summary>
    public void Abandon()
    {
        _attempts.ForEach(attempt => watch.Close(attempt.Socket));
        _attempts.Clear();
        _untried.Clear();
        _isLookingUp = false;
    }

    private void LookUp(Target target)
    {
        var number = _tried;
        _isLookingUp = true;
        book.Ask(target.Host!, addresses =>
        {
            if (number == _tried && _isLookingUp && !IsOver)
            {
                _isLookingUp = false;
                Take(target, addresses);
                changed();
            }
        });
    }

    private void Take(Target target, IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count == 0)
        {
            _complaints.Add($"{target}: no address is known for the name");
            Next();
            return;
        }

        foreach (var address in HostAddresses.ByTurns(addresses))
        {
            _untried.Enqueue((target, new IPEndPoint(address, target.Port)));
        }

        Try();
    }

    private void Try()
    {
        _nextAt = long.MaxValue;
        while (!IsOver && _untried.TryDequeue(out var next))
        {
            if (Attempt(next.Target, next.Address))
            {
                return;
            }
        }

        if (!IsOver && _attempts.Count == 0 && _nextAt == long.MaxValue)
        {
            Next();
        }
    }

    // True when there is something to wait for, or nothing any more.
    private bool Attempt(Target target, EndPoint address)
    {
        var where = target.Host is null ? target.Text : $"{target} ({((IPEndPoint)address).Address})";
        var (family, name) = Target.ForKernel(address);
        var socket = Libc.socket(family, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (socket < 0)
        {
            Complain(where, Errno.Text(Errno.Last));
            return false;
        }

        Tune(socket, family);
        if (Libc.connect(socket, name, (uint)name.Length) == 0)
        {
            Win(socket, where);
            return true;
        }

        switch (Errno.Last)
        {
            case Errno.EINPROGRESS:
                _attempts.Add((socket, where));
                watch.Set(socket, Libc.POLLOUT, owner);
                _nextAt = _untried.Count > 0 ? Environment.TickCount64 + NextAfter : long.MaxValue;
                return true;

            case Errno.EAGAIN when family == Libc.AF_UNIX:
                _ = Libc.close(socket);
                _untried.Enqueue((target, address));
                _nextAt = Environment.TickCount64 + AgainAfter;
                return true;

            default:
                Complain(where, Errno.Text(Errno.Last));
                _ = Libc.close(socket);
                return false;
        }
    }

    private void Win(int socket, string where)
    {
        Abandon();
        (Socket, Where) = (socket, where);
        (_until, _nextAt) = (long.MaxValue, long.MaxValue);
    }

    private void Complain(string where, string why) => _complaints.Add($"{where}: {why}");

    // What the client has sent in one piece is not held back to be sent with more, and a target that has vanished is noticed some day.
    private static void Tune(int socket, int family)
    {
        ReadOnlySpan<byte> on = [1, 0, 0, 0];
        if (family != Libc.AF_UNIX)
        {
            _ = Libc.setsockopt(socket, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, on, (uint)on.Length);
            _ = Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, on, (uint)on.Length);
        }
    }

    private static int ErrorOf(int socket)
    {
        Span<byte> error = stackalloc byte[sizeof(int)];
        var length = (uint)error.Length;
        return Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_ERROR, error, ref length) == 0 ? BitConverter.ToInt32(error) : Errno.Last;
    }
}
