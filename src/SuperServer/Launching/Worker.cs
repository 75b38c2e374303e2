using System.Buffers.Text;
using SuperServer.Interop;

namespace SuperServer.Launching;

/// <summary>
/// A resident worker of a pool: a child, and the socket on which it gets connections and says that they are done. It knows the
/// ids of the connections it has; who they are is the service's business.
/// </summary>
internal sealed class Worker(Child child, int socket) : IDisposable
{
    /// <summary>Longer than any "done ID CODE" there can be.</summary>
    private const int LongestMessage = 128;

    /// <summary>So few messages find room in any socket.</summary>
    private const int Few = 16;

    private readonly HashSet<long> _connections = [];

    public Child Child { get; } = child;

    /// <summary>Our end; -1 once it is closed, which tells the worker to end.</summary>
    public int Socket { get; private set; } = socket;

    /// <summary>The connections it has now.</summary>
    public IReadOnlyCollection<long> Connections => _connections;

    /// <summary>Connections it has ever got.</summary>
    public int Taken { get; set; }

    /// <summary>Connections that it has said to be done.</summary>
    public int Done { get; private set; }

    /// <summary>It gets no more, and ends when its last connection is done.</summary>
    public bool IsRetiring { get; set; }

    /// <summary>It gets no more until it has read what it has been given.</summary>
    public bool IsCatchingUp { get; set; }

    /// <summary>
    /// It has left so much unread that another message might find no room: a socket is writable as long as a quarter of its
    /// buffer is enough (unix(7)).
    /// </summary>
    public bool IsBehind
    {
        get
        {
            var polled = new Libc.pollfd { fd = Socket, events = Libc.POLLOUT };
            return _connections.Count >= Few && Socket >= 0 && Libc.poll(ref polled, 1, 0) == 0;
        }
    }

    /// <summary>It has closed its end.</summary>
    public bool HasHungUp { get; private set; }

    /// <summary>Hands a connection over. False, and errno: EAGAIN when the worker reads nothing, anything else when it is gone.</summary>
    public bool TryHand(ConnectionId id, ReadOnlySpan<byte> variables, int socket)
    {
        if (!Libc.SendWithDescriptor(Socket, variables, socket))
        {
            return false;
        }

        _connections.Add(id.Number);
        Taken++;
        return true;
    }

    /// <summary>
    /// Reads one message. <paramref name="done"/> is the connection that ended, null when the message makes no sense. False when
    /// there is none, or the worker has closed its end.
    /// </summary>
    public unsafe bool TryHear(out (ConnectionId Id, int ExitCode)? done)
    {
        done = null;
        var bytes = stackalloc byte[LongestMessage];
        var length = Libc.read(Socket, bytes, LongestMessage);
        if (length <= 0)
        {
            HasHungUp = length == 0;
            return false;
        }

        if (Parse(new ReadOnlySpan<byte>(bytes, (int)length)) is { } message && _connections.Remove(message.Id.Number))
        {
            Done++;
            done = message;
        }

        return true;
    }

    /// <summary>Closes our end: a worker that finds it closed finishes what it has and ends.</summary>
    public void Dismiss()
    {
        IsRetiring = true;
        if (Socket >= 0)
        {
            _ = Libc.close(Socket);
            Socket = -1;
        }
    }

    /// <summary>After a new start of the daemon in place: what this worker had before it.</summary>
    public void Remember(IEnumerable<long> connections, int taken)
    {
        _connections.UnionWith(connections);
        Taken = taken;
    }

    public void Dispose() => Dismiss();

    /// <summary>"done ID" or "done ID CODE", with or without a line feed; null for anything else.</summary>
    internal static (ConnectionId Id, int ExitCode)? Parse(ReadOnlySpan<byte> message)
    {
        message = message.TrimEnd((byte)'\n');
        if (!message.StartsWith("done "u8) || !ConnectionId.TryParse(message[5..], out var id, out var length))
        {
            return null;
        }

        var rest = message[(5 + length)..];
        return rest.IsEmpty ? (id, 0)
            : rest[0] == (byte)' ' && Utf8Parser.TryParse(rest[1..], out byte code, out var digits) && digits == rest.Length - 1
                ? (id, code)
                : null;
    }
}
